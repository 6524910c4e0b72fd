-- SPDX-License-Identifier: GPL-2.0-or-later
-- kill -9 of the source, of the destination and of the HMC, at every phase of a move: after a restart and `migrlpar -o r` exactly one
-- frame owns the partition, and it can move again.
local guest = require "lib.guest"

-- Where it belongs afterwards: before the hand-over to the source, after it to the destination.
local deaths = {
  { who = "frameA", at = "opened", owner = "frameA" },
  { who = "frameA", at = "passes", owner = "frameA" },
  { who = "frameA", at = "suspended" },  -- the phase lasts a millisecond: the hand-over may have come sooner than the death
  { who = "frameA", at = "before-handed_over", owner = "frameA" },
  { who = "frameA", at = "handed_over", owner = "frameB" },
  { who = "frameA", at = "before-finished", owner = "frameB" },
  { who = "frameA", at = "finished", owner = "frameB" },
  { who = "frameB", at = "before-shell", owner = "frameA" },
  { who = "frameB", at = "shell", owner = "frameA" },
  { who = "frameB", at = "passes", owner = "frameA" },
  { who = "frameB", at = "verifying" },  -- the hand-over may have come sooner than the death
  { who = "frameB", at = "before-adopted", owner = "frameB" },
  { who = "frameB", at = "adopted", owner = "frameB" },
  { who = "frameB", at = "before-finished", owner = "frameB" },
  { who = "hmc", at = "passes" },
  { who = "hmc", at = "resumed", owner = "frameB", load = "churn set=64 rate=0" },  -- so much that pages are left for then
}
local wanted = arg[1]  -- such as frameA:passes, to try one alone

local function owner_of(lab)
  local owners = {}
  for frame in pairs(lab:where("mobile")) do owners[#owners + 1] = frame end
  return owners
end

local function recover(pair)
  -- As an operator would: on the source's side, and if that does not know of it, on the other.
  local output = ""
  for _, frame in ipairs { "frameA", "frameB" } do
    local done = pair:hmc("migrlpar -o r -m " .. frame .. " -p mobile")
    output = output .. frame .. ": " .. done.code .. " " .. done.output
  end
  return output
end

for _, death in ipairs(deaths) do
  local title = death.who .. ":" .. death.at
  if not wanted or wanted == title then
    say("- " .. death.who .. " dies at " .. death.at)
    local pair, console = guest.start()
    guest.run(console, "ticker", "bank rate=50", death.load or "churn set=32 rate=4000")
    console:wait("bank: formatted", 20)
    pair:fault("frameA", "slow-mover:" .. (death.load and 30000000 or 100000000))
    if death.who ~= "hmc" then pair:fault(death.who, "die-at:" .. death.at) end
    local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
    if death.who == "hmc" then
      guest.wait_phase(pair, death.at, 60)
      pair:kill("hmc")
    else
      pair:wait_dead(death.who, 60)
    end
    if death.who ~= "hmc" then task:wait(120) end
    pair:restart()
    local output = recover(pair)
    local owners = owner_of(pair)
    check_equal(#owners, 1, title .. ": exactly one frame owns the partition" .. (#owners == 1 and "" or " (" .. output .. ")"))
    if death.owner then check_equal(owners[1], death.owner, title .. ": it is the right one") end
    guest.check_clean(pair)

    -- It lives, or can be brought back to life, and its disk has lost nothing.
    local owner = owners[1]
    if pair:where("mobile")[owner] ~= "Running" then
      check_equal(pair:hmc("chsysstate -m " .. owner .. " -r lpar -o on -n mobile").code, 0, title .. ": it can be activated")
      console = pair:console(owner, "mobile")
      console:wait("mobile# ", 60)
      guest.run(console, "bank rate=50")
      local lost = console:wait("bank: recovered sequence=%d+ lost=(%d+)", 20)
      check_equal(tonumber(lost), 0, title .. ": its bank has lost nothing")
    else
      guest.all_well(console, "bank")
    end
    guest.wait_for_rmc(pair)
    guest.move(pair, owner, owner == "frameA" and "frameB" or "frameA")
    pair:down()
  end
end
