-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition that is off moves with the logical volume that only its server has; whoever dies in between, the volume is whole and in one
-- place, and the partition is one system's.
local guest = require "lib.guest"

local pair, console = guest.start()
local run = guest.commands(pair)
-- Its disk becomes a logical volume: one with what a bank has written.
run "chsysstate -r lpar -m frameA -o osshutdown --immed -n mobile"
pair:wait_state("frameA", "mobile", "Not Activated", 60)
local vtd = pair:vios("frameA", "viosA", "lsmap -all -field backing vtd -fmt :").output:match "(vtscsi%d+)"
check(vtd, "it has a disk of the SAN")
check_equal(pair:vios("frameA", "viosA", "rmvdev -vtd " .. vtd).code, 0, "which it loses")
check_equal(pair:vios("frameA", "viosA", "mklv -lv shop rootvg 64M").code, 0, "for a logical volume")
check_equal(pair:vios("frameA", "viosA", "mkvdev -vdev shop -vadapter vhost0").code, 0, "which is served to it")
local function start(frame)
  run("chsysstate -r lpar -m " .. frame .. " -o on -n mobile")
  console:wait("mobile# ", 60)
end
start "frameA"
guest.run(console, "bank rate=100")
console:wait("bank: formatted", 20)
guest.all_well(console, "bank")
local refused = pair:hmc "migrlpar -o v -m frameA -t frameB -p mobile -i local_storage=copy"
check(refused.output:find("HSCLF242", 1, true), "while it runs it cannot: " .. refused.output)
run "chsysstate -r lpar -m frameA -o osshutdown --immed -n mobile"
pair:wait_state("frameA", "mobile", "Not Activated", 60)
refused = pair:hmc "migrlpar -o v -m frameA -t frameB -p mobile"
check(refused.output:find("HSCLF212", 1, true), "nor without being asked: " .. refused.output)

local at = { A = "B", B = "A" }
local here = "A"
local function volumes(side)
  local listed = pair:vios("frame" .. side, "vios" .. side, "lsvg -lv rootvg").output
  return select(2, listed:gsub("shop", ""))
end
local function move(from, to)
  return ("migrlpar -o m -m frame%s -t frame%s -p mobile -i local_storage=copy"):format(from, to)
end
-- It goes, and comes back, and each time its bank has everything.
local done = pair:hmc(move("A", "B"))
check_equal(done.code, 0, "it moves with its volume: " .. done.output)
check_equal(volumes "A", 0, "the source has none any more")
check_equal(volumes "B", 1, "the destination has it")
here = "B"

-- Somebody dies at some moment: the console, the source, the destination.
math.randomseed(tonumber(arg[1] or "") or 18)
for round = 1, tonumber(arg[2] or "6") do
  local to = at[here]
  local victim = ({ "hmc", "frame" .. here, "frame" .. to })[(round - 1) % 3 + 1]
  local task = pair:start(move(here, to))
  local moment = math.random(1, 60)
  let_pass(moment, "a random moment of the migration")
  pair:kill(victim)
  pcall(function() task:wait(60) end)
  pair:restart()
  wait_until("both systems answer, with their servers", function()
    local text = pair:hmc("lssyscfg -r lpar -m frameA -F name,state,rmc_state").output .. pair:hmc("lssyscfg -r lpar -m frameB -F name,state,rmc_state").output
    return text:find("viosA,Running,active", 1, true) and text:find("viosB,Running,active", 1, true), text
  end, 90)
  -- Recovered, if there is something to be recovered.
  wait_until("it is recovered", function()
    local text = ""
    for frame in pairs(pair:where "mobile") do
      local state = pair:hmc("lslparmigr -r lpar -F migration_state --filter lpar_names=mobile -m " .. frame).output
      if state == "Migration Failed\n" or state == "Invalid\n" then
        text = text .. pair:hmc("migrlpar -o r -m " .. frame .. " -p mobile").output
      end
      if state ~= "Not Migrating\n" then text = text .. state end
    end
    if text ~= "" then return false, text end
    local now, count = pair:where "mobile", 0
    for _, state in pairs(now) do
      count = count + 1
      if state ~= "Not Activated" then return false, state end
    end
    return count == 1, count .. " systems have it"
  end, 90)
  for side in pairs(at) do
    if pair:where("mobile")["frame" .. side] then here = side end
  end
  check_equal(volumes(here), 1, ("round %d, %s killed after %d ms: its volume is with it"):format(round, victim, moment))
  check_equal(volumes(at[here]), 0, "and nowhere else")
end
start("frame" .. here)
guest.run(console, "bank rate=100")
console:wait("bank: recovered [^\n]*lost=0[^\n]*verdict=OK", 20)
guest.all_well(console, "bank")
