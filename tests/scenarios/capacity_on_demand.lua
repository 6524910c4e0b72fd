-- SPDX-License-Identifier: GPL-2.0-or-later
-- A destination has too little memory and too few processors, and some that are inactive: chcod activates them, and the migration that was
-- refused passes. (Redbook 3.3.4, 3.3.5) What is given up while a partition has it is unreturned, until the partition is off.
local guest = require "lib.guest"

local file = lab.variant {
  { "  desired_procs = 2\n", "  desired_procs = 2\n  desired_proc_units = 100\n" },
  { 'serial_num = "10FFE0B"\nmemory_mb = 4096\nlmb_mb = 16\nprocessors = 8', 'serial_num = "10FFE0B"\nmemory_mb = 256\nlmb_mb = 16\n' ..
    'processors = 1\ninactive_memory_mb = 1024\ninactive_processors = 4' },
}
local pair, console = guest.start { file = file }
local run, refused = guest.commands(pair)
local function memory(fields) return run("lscod -t cap -m frameB -c onoff -r mem -F " .. fields) end
local function processors(fields) return run("lscod -t cap -m frameB -c onoff -r proc -F " .. fields) end
local move = "migrlpar -o m -m frameA -t frameB -p mobile"

check_equal(memory "mem_onoff_state,activated_onoff_mem,avail_mem_for_onoff", "Available,0,1024\n", "frameB has memory that can be activated")
check_equal(run "lscod -t cap -m frameA -c onoff -r mem -F mem_onoff_state", "Not Capable\n", "frameA has none")
refused("chcod -o a -m frameA -c onoff -r mem -q 256 -d 1", "HSCLF024")
refused(move, "HSCLF20A")
run "chcod -o a -m frameB -c onoff -r mem -q 512 -d 2"
check_equal(memory "mem_onoff_state,activated_onoff_mem,avail_mem_for_onoff,onoff_request_mem_days_left,onoff_mem_day_hours_left",
  "Running,512,512,2,0\n", "for two days there is more")
check_equal(run "lshwres -r mem -m frameB --level sys -F installed_sys_mem,configurable_sys_mem,curr_avail_sys_mem", "1280,768,640\n", "the lists know of it")
refused(move, "HSCLF20C")
run "chcod -o a -m frameB -c onoff -r proc -q 1 -d 1"
check_equal(run "lshwres -r proc -m frameB --level sys -F installed_sys_proc_units,configurable_sys_proc_units", "5.0,2.0\n", "a processor more")

pair:kill("frameB")
pair:restart()
guest.wait_for_rmc(pair)
check_equal(memory "mem_onoff_state", "Running\n", "what was activated is so after a death of the frame")
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")

run "chcod -o d -m frameB -c onoff -r mem"
run "chcod -o d -m frameB -c onoff -r proc"
check_equal(memory "mem_onoff_state,activated_onoff_mem,unreturned_onoff_mem", "Unreturned,0,144\n", "what the partition has is unreturned")
check_equal(processors "proc_onoff_state", "Unreturned\n", "its processors too")
refused("chcod -o d -m frameB -c onoff -r mem", "HSCLF027")
guest.check_owner(pair, "frameB", "Running")
run "chsysstate -m frameB -r lpar -o shutdown -n mobile --immed"
pair:wait_state("frameB", "mobile", "Not Activated")
check_equal(memory "mem_onoff_state,unreturned_onoff_mem", "Available,0\n", "and is given back when that is off")
run("chsysstate -m frameB -r lpar -o on -n mobile", 1)
