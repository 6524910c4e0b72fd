-- SPDX-License-Identifier: GPL-2.0-or-later
-- kill -9 of the source, of the destination and of the HMC, at every phase of a move: after a restart and `migrlpar -o r` exactly one
-- frame owns the partition, and it can move again. Each lab lives through several of these deaths; the labs run side by side, because most
-- of the time somebody waits there for somebody who is dead.
local guest = require "lib.guest"
local jobs = require "lib.jobs"
local labs = 4

-- Where it belongs afterwards: to the source, until the witness has STARTED; then to the destination. `runs`: its frame lives, and so does
-- the partition. Those that last long come first.
local deaths = {
  { who = "hmc", at = "resumed", owner = "target", load = "churn set=64 rate=0" },  -- so much that pages are left for then
  { who = "hmc", at = "passes", speed = 10000000 },  -- so slow that the passes are seen
  { who = "source", at = "opened", owner = "source" },
  { who = "source", at = "passes", owner = "source" },
  { who = "source", at = "suspended" },  -- the phase lasts a millisecond: the start may have come sooner than the death
  { who = "source", at = "before-handed_over", owner = "source" },
  { who = "source", at = "handed_over", owner = "target", runs = true },  -- which has all of it, and needs no word
  { who = "source", at = "before-finished", owner = "target" },
  { who = "source", at = "finished", owner = "target" },
  { who = "target", at = "before-shell", owner = "source" },
  { who = "target", at = "shell", owner = "source" },
  { who = "target", at = "passes", owner = "source", runs = true },
  { who = "target", at = "verifying" },  -- the start may have come sooner than the death
  { who = "target", at = "before-started", owner = "source", runs = true },
  { who = "target", at = "started", owner = "target" },
  { who = "target", at = "before-adopted", owner = "target" },
  { who = "target", at = "adopted", owner = "target" },
  { who = "target", at = "before-finished", owner = "target" },
}
local wanted = arg[1]  -- such as source:passes, to try one alone

-- The lab of one job: its guest, and the frame that this one is on.
local function start()
  local pair, console = guest.start()
  guest.run(console, "bank rate=50", "churn set=32 rate=4000")
  console:wait("bank: formatted", 20)
  return { pair = pair, console = console, frame = "frameA" }
end

local function other(frame) return frame == "frameA" and "frameB" or "frameA" end

local function owners_of(pair)
  local owners = {}
  for frame in pairs(pair:where("mobile")) do owners[#owners + 1] = frame end
  return owners
end

-- As an operator would: on the source's side, and if that does not know of it, on the other.
local function recover(pair, source, target)
  local output = ""
  for _, frame in ipairs { source, target } do
    local done = jobs.hmc(pair, "migrlpar -o r -m " .. frame .. " -p mobile")
    output = output .. frame .. ": " .. done.code .. " " .. done.output
  end
  return output
end

-- A move from where the partition is, and a death in it. At the end it has moved once more, and all programs run in it.
local function live_through(lab, death)
  local pair = lab.pair
  local role = { source = lab.frame, target = other(lab.frame), hmc = "hmc" }
  local title = ("%s: %s:%s"):format(pair:name(), death.who, death.at)
  say(("- %s: %s (%s) dies at %s"):format(pair:name(), death.who, role[death.who], death.at))
  local load = death.load and guest.run(lab.console, death.load)
  pair:fault(role.source, "slow-mover:" .. (death.speed or death.load and 30000000 or 100000000))
  if death.load then pair:fault(role.target, "slow-pages:2000000") end
  if death.who ~= "hmc" then pair:fault(role[death.who], "die-at:" .. death.at) end
  local task = pair:start(("migrlpar -o m -m %s -t %s -p mobile"):format(role.source, role.target))
  if death.who == "hmc" then
    guest.wait_phase(pair, death.at, 60)
    pair:kill("hmc")
  else
    wait_until(title .. ": the death", function() return not pair:is_alive(role[death.who]) end, 60)
    pair:wait_dead(role[death.who])
    wait_until(title .. ": the end of the command", function() return task:done() end, 120)
  end
  if death.load then pair:fault(role.target, "slow-pages:0") end
  pair:restart()
  local output = recover(pair, role.source, role.target)
  local owners = owners_of(pair)
  check_equal(#owners, 1, title .. ": exactly one frame owns the partition" .. (#owners == 1 and "" or " (" .. output .. ")"))
  local owner = owners[1]
  if death.owner then check_equal(owner, role[death.owner], title .. ": it is the right one") end
  if death.runs then check_equal(pair:where("mobile")[owner], "Running", title .. ": it has gone on") end
  guest.check_clean(pair)

  -- It lives, or can be brought back to life, and its disk has lost nothing.
  if pair:where("mobile")[owner] ~= "Running" then
    check_equal(pair:hmc("chsysstate -m " .. owner .. " -r lpar -o on -n mobile").code, 0, title .. ": it can be activated")
    lab.console = pair:console(owner, "mobile")
    lab.console:wait("mobile# ", 60)
    guest.run(lab.console, "bank rate=50")
    local lost = lab.console:wait("bank: recovered sequence=%d+ lost=(%d+)", 20)
    check_equal(tonumber(lost), 0, title .. ": its bank has lost nothing")
    guest.run(lab.console, "churn set=32 rate=4000")
  else
    guest.all_well(lab.console, "bank")
    if load then lab.console:run("kill " .. load) end
  end
  guest.wait_for_rmc(pair)
  lab.frame = other(owner)
  local moved = jobs.hmc(pair, ("migrlpar -o m -m %s -t %s -p mobile"):format(owner, lab.frame))
  check_equal(moved.code, 0, title .. ": it moves again" .. (moved.code == 0 and "" or ": " .. moved.output))
  guest.wait_for_rmc(pair)
end

local left = {}
for _, death in ipairs(deaths) do
  if not wanted or wanted == death.who .. ":" .. death.at then left[#left + 1] = death end
end
local function job()
  local lab
  while #left > 0 do
    local death = table.remove(left, 1)
    lab = lab or start()
    live_through(lab, death)
  end
  if lab then lab.pair:down() end
end
local list = {}
for i = 1, labs do list[i] = job end
jobs.run(list, 600)
