-- SPDX-License-Identifier: GPL-2.0-or-later
-- Which partitions are activated with their system is kept by its frame: the lab file says it at first, then whoever changes it, and it
-- outlives the frame's process. A page table has the size that the profile asks for.
local guest = require "lib.guest"

local pair = guest.start()
local run, refused = guest.commands(pair)
local function of(frame, lpar, names)
  return (run(("lssyscfg -r lpar -m %s --filter lpar_names=%s -F %s"):format(frame, lpar, names)):gsub("\n", ""))
end
-- The command returns when everything that starts with the system was activated, or could not be.
local function power_cycle(frame)
  run(("chsysstate -m %s -r sys -o off --immed"):format(frame))
  run(("chsysstate -m %s -r sys -o on"):format(frame))
end

check_equal(of("frameA", "mobile", "auto_start"), "1", "the lab file says that it starts")
check_equal(of("frameA", "viosA", "auto_start"), "1", "and a Virtual I/O Server does anyway")
run "chsyscfg -r lpar -m frameA -i name=mobile,auto_start=0,lpar_avail_priority=200"
pair:kill "frameA"
pair:restart()
wait_until("the system answers", function() return pair:hmc("lssyscfg -r sys -m frameA -F state").output == "Operating\n" end)
check_equal(of("frameA", "mobile", "auto_start,lpar_avail_priority"), "0,200", "what was set is there after a death")
power_cycle "frameA"
check_equal(of("frameA", "mobile", "state"), "Not Activated", "it stays off")
check_equal(of("frameA", "viosA", "state"), "Running", "the server does not")

-- One that was never activated starts as it was made, and its profile says the same.
local data = "name=second,profile_name=p,lpar_env=aixlinux,min_mem=128,desired_mem=128,max_mem=2048,boot_image=nomad,auto_start=1"
run("mksyscfg -r lpar -m frameA -i " .. data)
check_equal(run "lssyscfg -r prof -m frameA --filter lpar_names=second -F auto_start,hpt_ratio", "1,1:128\n", "its profile")
power_cycle "frameA"
check_equal(of("frameA", "second", "state"), "Running", "the new one starts")

-- 2 GiB to grow to: 16 MiB of page table, and with 1:32 four times as much.
local function table_mb() return tonumber((run "lshwres -r mem -m frameA --level sys -F sys_firmware_mem")) end
local before = table_mb()
run "chsyscfg -r prof -m frameA -i name=p,lpar_name=second,hpt_ratio=1:32,auto_start=0"
run "chsysstate -m frameA -r lpar -o shutdown --immed -n second"
run "chsysstate -m frameA -r lpar -o on -n second -f p"
check_equal(table_mb() - before, 48, "its page table has grown")
check_equal(run "lshwres -r mem -m frameA --level lpar --filter lpar_names=second -F curr_hpt_ratio", "1:32\n", "as listed")
check_equal(of("frameA", "second", "auto_start"), "0", "and it has taken the profile's auto_start, too")

-- A server that is not to start does not.
run "chsyscfg -r lpar -m frameB -i name=viosB,auto_start=0"
power_cycle "frameB"
check_equal(of("frameB", "viosB", "state"), "Not Activated", "viosB stays off")
run "chsysstate -m frameB -r lpar -o on -n viosB -f default"
check_equal(of("frameB", "viosB", "auto_start"), "1", "and starts again once its profile says so")

-- How it restarts.
run "chsyscfg -r lpar -m frameA -i name=second,boot_mode=sms"
run "chsysstate -m frameA -r lpar -o shutdown --immed --restart -n second"
pair:wait_state("frameA", "second", "Open Firmware")
for _, data in ipairs { "secure_boot=2", "vtpm_enabled=1", "kvm_capable=1" } do
  refused("chsyscfg -r lpar -m frameA -i name=second," .. data, "HSCLF060")
end
