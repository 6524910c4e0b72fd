-- SPDX-License-Identifier: GPL-2.0-or-later
-- While memory flows, others work on what the move needs: its movers, its Virtual I/O Servers, their adapters and disks. All of it is
-- refused, on both sides, and the move comes to its end. Then all of it is free again.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "bank rate=50")
console:wait("bank: formatted", 20)
pair:fault("frameA", "slow-mover:4000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes")

local sides = { { "frameA", "viosA" }, { "frameB", "viosB" } }
for _, side in ipairs(sides) do
  local frame, vios = table.unpack(side)
  local before = pair:vios(frame, vios, "lsmap -all").output
  local host = before:match("(vhost%d+)[^\n]*\n[^\n]*\n[^\n]*VTD") or before:match("vhost%d+")
  local vtd, disk = before:match("VTD%s+(%S+)"), before:match("Backing device%s+(%S+)")
  local bridge = pair:vios(frame, vios, "lsmap -all -net -field sea -fmt :").output:match("ent%d+")
  check(host and vtd and disk and bridge, vios .. " has what the move needs: " .. before)
  for _, line in ipairs { "rmdev -dev " .. host .. " -recursive", "rmdev -dev " .. vtd, "rmvdev -vtd " .. vtd, "rmvdev -vdev " .. disk,
    "mkvdev -vdev " .. disk .. " -vadapter " .. host, "chdev -dev " .. disk .. " -attr reserve_policy=single_path -perm",
    "rmdev -dev " .. bridge } do
    local done = pair:vios(frame, vios, line)
    check(done.code ~= 0 and done.output:find("0514-062", 1, true), vios .. " refuses " .. line .. ": " .. done.output)
  end
  check_equal(pair:vios(frame, vios, "lsmap -all").output, before, "nothing of " .. vios .. " has changed")
  for _, line in ipairs {
    ('chsyscfg -r lpar -m %s -i "name=%s,msp=0"'):format(frame, vios),
    ('chsyscfg -r lpar -m %s -i "name=%s,new_name=other"'):format(frame, vios),
    ('chsyscfg -r prof -m %s -i "name=default,lpar_name=%s,desired_mem=512,max_mem=512"'):format(frame, vios),
    ("chsysstate -m %s -r lpar -o shutdown -n %s --immed"):format(frame, vios),
  } do
    local done = pair:hmc(line)
    check(done.code ~= 0 and done.output:find("HSCL3205 The partition named " .. vios .. " is busy", 1, true), line .. ": " .. done.output)
  end
end
local renamed = pair:hmc('chsyscfg -r lpar -m frameA -i "name=mobile,new_name=other"')
check(renamed.code ~= 0 and renamed.output:find("HSCL05DF", 1, true), "what moves keeps its name: " .. renamed.output)
-- Nor is it stopped, started, changed, or removed.
for _, line in ipairs {
  "chsysstate -r lpar -m frameA -o shutdown --immed -n mobile", "chsysstate -r lpar -m frameA -o osshutdown -n mobile",
  "chsysstate -r lpar -m frameA -o on -n mobile", "chsysstate -r lpar -m frameA -o shutdown --immed --restart -n mobile",
  'chsyscfg -r prof -m frameA -i "name=default,lpar_name=mobile,desired_mem=512,max_mem=512"',
  'chsyscfg -r lpar -m frameA -i "name=mobile,description=other"', "rmsyscfg -r lpar -m frameA -n mobile",
  "chhwres -r mem -m frameA -o r -p mobile -q 16", "migrlpar -o m -m frameA -t frameB -p mobile",
} do
  local refused = pair:hmc(line)
  check(refused.code ~= 0, line .. " is refused: " .. refused.output)
end
local shown = pair:hmc("lslparmigr -r lpar -m frameA --filter lpar_names=mobile -F migration_phase,init_percent,frozen_percent").output
check_equal(shown, "Copy,100,0\n", "its phase is shown")

check(not task:done(), "the move still goes on")
pair:fault("frameA", "slow-mover:0")
local done = task:wait(60)
check_equal(done.code, 0, "it ends well" .. done.output)
guest.check_owner(pair, "frameB", "Running")
guest.check_clean(pair)
guest.all_well(console, "bank")
for _, side in ipairs(sides) do
  local frame, vios = table.unpack(side)
  for _, value in ipairs { 0, 1 } do
    check_equal(pair:hmc(('chsyscfg -r lpar -m %s -i "name=%s,msp=%d"'):format(frame, vios, value)).code, 0, vios .. " can be changed again")
  end
end
