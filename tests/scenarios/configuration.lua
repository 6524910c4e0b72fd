-- SPDX-License-Identifier: GPL-2.0-or-later
-- What operators change while everything runs, and that it stays so: the mover attribute of a running Virtual I/O Server, its shared
-- Ethernet adapter over restarts of the server and of the whole frame; and that a partition which moves is left alone meanwhile.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "ticker", "bank rate=50")
console:wait("bank: formatted", 20)

local new_partition =
  "mksyscfg -r lpar -m frameA -i name=new,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64"

local function run(line)
  local done = pair:hmc(line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function vios(line)
  local done = pair:vios("frameB", "viosB", line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end

run "chsyscfg -r lpar -m frameB -i name=viosB,msp=0"
local refused = pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile")
check(refused.code == 1 and refused.output:find("HSCLF203"), "without the attribute it is no mover")
run "chsyscfg -r lpar -m frameB -i name=viosB,msp=1"
check_equal(run "lssyscfg -r lpar -m frameB --filter lpar_names=viosB -F state,msp", "Running,1\n", "it has been running all the while")

local sea = vios("lsdev -type sea -field name"):match("ent%d+")
check(sea, "the lab file has made a shared Ethernet adapter: " .. tostring(sea))
vios("rmdev -dev " .. sea)
run "chsysstate -m frameB -r lpar -o shutdown -n viosB --immed"
pair:wait_state("frameB", "viosB", "Not Activated")
run "chsysstate -m frameB -r lpar -o on -n viosB"
pair:wait_state("frameB", "viosB", "Running")
check(not vios("lsdev -virtual"):find("Shared Ethernet"), "what was removed is not there after a restart of the server")
vios "mkvdev -sea ent0 -vadapter ent1 -default ent1 -defaultid 1"
pair:kill("frameB")
pair:restart()
check(vios("lsdev -virtual"):find("Shared Ethernet"), "what was made is there after a restart of the frame")
guest.wait_for_rmc(pair)

pair:fault("frameA", "slow-mover:5000000")
guest.run(console, "churn set=32 rate=4000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes")
for _, line in ipairs {
  "chsyscfg -r lpar -m frameA -i name=mobile,new_name=other", "chsyscfg -r prof -m frameA -i name=default,lpar_name=mobile,desired_mem=128",
  "rmsyscfg -r lpar -m frameA -n mobile", new_partition,
} do
  check_equal(pair:hmc(line).code, 1, "refused while the partition moves: " .. line)
end
local shown = lab.program("status --lab " .. pair:name()).output
check(shown:find("mobile +Migrating %- Running"), "status shows the state that lssyscfg shows: " .. shown)
pair:fault("frameA", "slow-mover:0")
local done = task:wait(60)
check_equal(done.code, 0, "the move ends well" .. (done.code == 0 and "" or ": " .. done.output))
guest.check_owner(pair, "frameB", "Running")
run(new_partition)

-- A server's profile has the new name of a partition, and what is listed is taken again, out of a file of the user's.
run 'chsyscfg -r prof -m frameA -i "name=default,lpar_name=viosA,virtual_scsi_adapters+=9/server//new/2/0"'
run "chsyscfg -r lpar -m frameA -i name=new,new_name=renamed"
local listed = run "lssyscfg -r prof -m frameA --filter lpar_names=viosA"
check(listed:find("9/server/%d+/renamed/2/0"), "the server's adapter is for the partition's new name: " .. listed)
local name = os.tmpname()
local file = assert(io.open(name, "w"))
file:write(listed)
file:close()
run("chsyscfg -r prof -m frameA -f " .. name)
os.remove(name)
refused = pair:hmc("chsyscfg -r prof -m frameA -f " .. name)
check(refused.code == 1 and refused.output:find(name, 1, true), "a file that is not there is named: " .. refused.output)
run "rmsyscfg -r lpar -m frameA -n renamed"
guest.all_well(console, "ticker", "bank", "churn")
