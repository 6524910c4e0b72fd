-- SPDX-License-Identifier: GPL-2.0-or-later
-- The basic environment of Redbook 4.1, made by commands: a partition is created on a running system, gets its disk through a Virtual I/O
-- Server's adapter that is for it alone, is activated, and moves. On the destination nothing is made by hand, and nothing stays on the source.
local guest = require "lib.guest"

local pair = lab.up { file = lab.variant {
  { '[[segment]]', '[[lun]]\nname = "second_root"\nsize_mb = 64\n\n[[segment]]' },
  { 'luns = ["mobile_root"]', 'luns = ["mobile_root", "second_root"]' },
  { 'luns = ["mobile_root"]', 'luns = ["mobile_root", "second_root"]' },
} }
guest.boot(pair)
guest.wait_for_rmc(pair)
local function run(line)
  local done = pair:hmc(line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end

run('mksyscfg -r lpar -m frameA -i \'name=second,profile_name=normal,lpar_env=aixlinux,min_mem=64,desired_mem=128,max_mem=128,' ..
  'proc_mode=shared,min_procs=1,desired_procs=1,max_procs=1,min_proc_units=0.1,desired_proc_units=0.2,max_proc_units=1.0,' ..
  'max_virtual_slots=10,boot_image=nomad,boot_arguments=ip=10.0.2.16,' ..
  '"virtual_scsi_adapters=2/client//viosA/20/0","virtual_eth_adapters=3/0/1//0/0"\'')
run 'chsyscfg -r lpar -m frameA -i "name=second,rmc_ipaddr=10.0.2.16"'
local id = run("lssyscfg -r lpar -m frameA --filter lpar_names=second -F lpar_id"):match "%d+"

-- The server's adapter: in its profile, and there with its next activation.
run(("chsyscfg -r prof -m frameA -i 'name=default,lpar_name=viosA,\"virtual_scsi_adapters+=20/server/%s/second/2/0\"'"):format(id))
for _, how in ipairs { "shutdown --immed", "on -f default" } do run("chsysstate -m frameA -r lpar -n viosA -o " .. how) end
local host = pair:vios("frameA", "viosA", "lsmap -all").output:match("(vhost%d+)[^\n]*C20%s")
check(host, "the server has the adapter: " .. pair:vios("frameA", "viosA", "lsmap -all").output)
local made = pair:vios("frameA", "viosA", "mkvdev -vdev hdisk2 -vadapter " .. host)
check_equal(made.code, 0, "and a disk behind it: " .. made.output)

run "chsysstate -m frameA -r lpar -o on -n second -f normal"
local console = pair:console("frameA", "second")
console:wait("second# ", 60)
guest.wait_for_rmc(pair)
guest.run(console, "ticker", "bank rate=50")
console:wait("bank: formatted", 20)
local validated = pair:hmc "migrlpar -o v -m frameA -t frameB -p second"
check_equal(validated.code, 0, "it can move: " .. validated.output)
run "migrlpar -o m -m frameA -t frameB -p second"
guest.all_well(console, "ticker", "bank")
check(not pair:vios("frameA", "viosA", "lsmap -all").output:find("C20", 1, true), "the source's server has no adapter of it any more")
check(pair:vios("frameB", "viosB", "lsmap -all").output:find("hdisk2", 1, true), "the destination's was made by the migration")
check_equal(run "lssyscfg -r lpar -m frameB --filter lpar_names=second -F state", "Running\n", "it runs there")
