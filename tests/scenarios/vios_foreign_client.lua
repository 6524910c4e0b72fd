-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition is removed, and another one gets its ID and its adapter: the disk is not shown to it, neither by the server that runs nor after
-- a restart. The operator gives the disk away by mapping it anew.
local guest = require "lib.guest"

local pair = guest.start()
local function run(line)
  local done = pair:hmc(line)
  check_equal(done.code, 0, line .. done.output)
end
local function status() return pair:vios("frameA", "viosA", "lsmap -all").output:match("Status%s+(%S+)") end
run("chsysstate -m frameA -r lpar -o shutdown -n mobile --immed")
pair:wait_state("frameA", "mobile", "Not Activated")
run("rmsyscfg -r lpar -m frameA -n mobile")
check_equal(status(), "Available", "the server still has the disk of the partition that is gone")

run('mksyscfg -r lpar -m frameA -i "name=other,lpar_id=3,profile_name=default,lpar_env=aixlinux,' ..
  'min_mem=64,desired_mem=64,max_mem=64,boot_image=nomad,\\"virtual_scsi_adapters=2/client/1/viosA/11/1\\""')
run("chsysstate -m frameA -r lpar -o on -n other")
local console = pair:console("frameA", "other")
wait_until("the server notices who has come", function() return status() == "Defined", status() end, 30)
check(pair:vios("frameA", "viosA", "errlog").output:find("5D1C0A37"), "its error log tells")
run("chsysstate -m frameA -r lpar -o shutdown -n other --immed")
pair:wait_state("frameA", "other", "Not Activated")
for _, how in ipairs { "shutdown --immed", "on" } do run("chsysstate -m frameA -r lpar -n viosA -o " .. how) end
check_equal(pair:vios("frameA", "viosA", "cfgdev").code, 0, "devices are configured")
check_equal(status(), "Defined", "after a restart the disk is still not the other's")

local map = pair:vios("frameA", "viosA", "lsmap -all").output
local vhost, vtd = map:match("(vhost%d+)"), map:match("VTD%s+(%S+)")
check_equal(pair:vios("frameA", "viosA", "rmvdev -vtd " .. vtd).code, 0, "the operator takes it away")
check_equal(pair:vios("frameA", "viosA", ("mkvdev -vdev hdisk1 -vadapter %s"):format(vhost)).code, 0, "and gives it to the other")
run("chsysstate -m frameA -r lpar -o on -n other")
console = pair:console("frameA", "other")
console:wait("# ", 60)
check_equal(status(), "Available", "who keeps it")
