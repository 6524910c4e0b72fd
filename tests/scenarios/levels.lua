-- SPDX-License-Identifier: GPL-2.0-or-later
-- A console, a system and a Virtual I/O Server that are too old for partition mobility: a validation names each of them, and after their
-- updates the partition moves. Levels outlive the processes.
local guest = require "lib.guest"
local host = require "lib.host"

local file = lab.variant {
  { 'version = "V7R3.2"', 'version = "V7R3.1"' },
  { 'serial_num = "10DD4AC"', 'serial_num = "10DD4AC"\nfirmware = "01EM310_048"' },
  { 'name = "viosB"', 'name = "viosB"\n  level = "1.4.1.0"\n  updates = "fixes"' },
}
local folder = file:match("^(.*)/") .. "/fixes"
local function update(name, text)
  host("mkdir -p " .. folder .. "/" .. name)
  local written <close> = assert(io.open(folder .. "/" .. name .. "/ios.level", "w"))
  written:write(text)
end
update("fp15", "1.5.0.0\n")
update("fp21", "2.1.3.0\n")
update("broken", "the newest\n")
host("mkdir -p " .. folder .. "/empty")
local function release(name, text)
  local path = folder .. "/" .. name
  local written <close> = assert(io.open(path, "w"))
  written:write(text)
  return path
end

local pair = guest.start { file = file }
local run, refused = guest.commands(pair)
run "chsysstate -r lpar -m frameA -o shutdown -n mobile --immed"
run "chsyscfg -r lpar -m frameA -i name=mobile,auto_start=0"

local move = "-m frameA -t frameB -p mobile"
for _, code in ipairs { "HSCLF234", "HSCLF201", "HSCLF233" } do refused("migrlpar -o v " .. move, code) end
refused("migrlpar -o m " .. move, "HSCLF234")
check(run("lspartition -dlpar"):find("10%.0%.2%.12>\n[^\n]*OS:<AIX, 5%.3>"), "the server is an old one")
check_equal(run "lslparmigr -r sys -m frameA -F inactive_lpar_mobility_capable,active_lpar_mobility_capable", "0,0\n", "the firmware is old")
check_equal(run "lslparmigr -r sys -m frameB -F inactive_lpar_mobility_capable,active_lpar_mobility_capable", "1,1\n", "and only there")

-- The console.
refused("updhmc -t sftp -h somewhere -u me -f fixes.iso", "HSCLF0D0")
refused("updhmc -t disk -f " .. release("nothing", "An image\n"), "HSCLF0D1")
refused("updhmc -t disk -f " .. release("V10", "V10R3 1060\n"), "HSCLF0D2")
refused("updhmc -t disk -f " .. release("V7R3.1", "V7R3.1\n"), "HSCLF0D2")
refused("updhmc -t disk -f " .. folder .. "/nosuch", "HSCLF023")
run("updhmc -t disk -f " .. release("V7R3.2", "V7R3.2\n"))
check(run("lshmc -V"):find("base_version=V7R3.1", 1, true), "it has not been started again")
pair:kill "hmc"
pair:restart()
wait_until("the console answers", function() return pair:hmc("lssyscfg -r sys -m frameA -F state").output == "Operating\n" end)
check(run("lshmc -V"):find("base_version=V7R3.2", 1, true), "it has")
guest.wait_for_rmc(pair)

-- The system.
run "updlic -o u -m frameA -t sys -l 01EM320_031 -r disk"
check_equal(run "lslic -m frameA -t sys -F ecnumber,activated_level,activated_spname", "01EM320,31,eFW3.2\n", "its level")
guest.wait_for_rmc(pair)
check_equal(pair:hmc("migrlpar -o v " .. move).output:find("HSCLF201"), nil, "it is capable")

-- The Virtual I/O Server.
local function padmin(line) return pair:vios("frameB", "viosB", line) end
local function level() return padmin("ioslevel").output end
local function no(line, sentence)
  local done = padmin(line)
  check(done.code == 1 and done.output:find(sentence, 1, true), line .. ": " .. done.output)
end
no("updateios -dev /home/padmin/fp21 -install -accept", "neither a device nor a directory")
no("updateios -dev /mnt/../mnt/../etc", "neither a device nor a directory")
no("updateios -dev fp21", "neither a device nor a directory")
no("updateios -dev hdisk0", "holds no update")
no("updateios -dev /mnt/empty", "no file ios.level")
no("updateios -dev /mnt/broken", "no file ios.level")
no("updateios -commit", "There are no uncommitted updates.")
no("updateios -reject", "There are no uncommitted updates.")
no("updateios -commit -accept", "Option -accept requires -dev")
no("updateios", "requires one of the options")
check_equal(padmin("updateios -dev /mnt/fp15 -install -accept").output, "", "an update")
check_equal(level(), "1.5.0.0\n", "is installed")
check_equal(padmin("oem_platform_level").output, "AIX:\n5300-07-00-0000\n", "on its AIX")
check(padmin("license").output:find("has been accepted", 1, true), "with its license")
no("updateios -dev /mnt/fp21", "There are uncommitted updates")
check_equal(padmin("updateios -dev /mnt/fp21 -f").code, 0, "-f commits what is there")
check(padmin("license").output:find("has not been accepted", 1, true), "the new license is to be accepted")
check_equal(padmin("updateios -reject").code, 0, "the update is rejected")
check_equal(level(), "1.5.0.0\n", "and only it")
check_equal(padmin("updateios -dev /mnt/fp21/").code, 0, "again")
check_equal(padmin("updateios -commit").code, 0, "and committed")
no("updateios -reject", "There are no uncommitted updates.")
no("updateios -dev /mnt/fp15", "is installed already")
pair:kill "frameB"
pair:restart()
wait_until("the server answers", function() return level() == "2.1.3.0\n" end)
wait_until("RMC knows its level", function()
  return run("lspartition -dlpar"):find("10%.0%.2%.12>\n[^\n]*OS:<AIX, 6%.1>") ~= nil
end, 60)

run "chsysstate -r lpar -m frameA -o on -n mobile -f default"
guest.boot(pair)
guest.wait_for_rmc(pair)
run("migrlpar -o v " .. move)
run("migrlpar -o m " .. move)
check_equal(run "lssyscfg -r lpar -m frameB --filter lpar_names=mobile -F state", "Running\n", "it has moved")
