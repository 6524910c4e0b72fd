-- SPDX-License-Identifier: GPL-2.0-or-later
-- LEDs and levels of firmware lie in the frame; backups and events lie in the console: each is there again when its process has died.
-- Adapters are found and tested by Open Firmware, and what a client is not given is refused in a sentence.
local guest = require "lib.guest"

local pair = guest.start()
local run, refused = guest.commands(pair)

-- LEDs and levels.
run "chled -m frameA -r sa -t virtuallpar -p mobile -o on"
run "updlic -o a -m frameA -t sys -l 40 -r disk"
refused("updlic -o d -m frameA", "HSCLF0AA")
pair:kill "frameA"
pair:restart()
wait_until("the system answers", function() return pair:hmc("lssyscfg -r sys -m frameA -F state").output == "Operating\n" end)
check_equal(run "lsled -m frameA -r sa -t virtuallpar --filter lpar_names=mobile -F state", "on\n", "the LED is on")
check_equal(run "lslic -m frameA -t sys -F activated_level,platform_ipl_level", "40,31\n", "the level is there")

-- Backups of profile data.
run "bkprofdata -m frameA -f before"
refused("bkprofdata -m frameA -f before", "HSCLF0B0")
run "mksyscfg -r prof -m frameA -o save -p mobile -n later --force"
pair:kill "hmc"
pair:restart()
wait_until("the console answers", function() return pair:hmc("lssyscfg -r sys -m frameA -F state").output == "Operating\n" end)
run "rstprofdata -m frameA -l 1 -f before"
check_equal(run "lssyscfg -r prof -m frameA --filter lpar_names=mobile -F name", "default\n", "as it was")

-- A server's virtual target devices.
run "mkviosbk -t viosioconfig -m frameA -p viosA -f monday"
check_equal(run "lsviosbk -F name,type --header", "name,type\nmonday.tar.gz,viosioconfig\n", "the backup is listed")

-- Open Firmware tells the adapter, and whether the network's gateway answers through it.
local test = "-D -s auto -d auto -G 10.0.2.2 -C 10.0.2.15"
local text = run("lpar_netboot -M -n -f -t ent " .. test .. " -S 10.0.2.2 mobile default frameA")
check(text:find("/vdevice/l%-lan@%x+ successful virtual\n"), "the gateway answers: " .. text)
text = run("lpar_netboot -M -n -f -t ent " .. test .. " -S 10.0.2.99 mobile default frameA")
check(text:find("/vdevice/l%-lan@%x+ unsuccessful virtual\n"), "nobody answers: " .. text)
check_equal(run "lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F state", "Not Activated\n", "it is off afterwards")

-- A partition that cannot start is an event, and its LED is on until somebody closes it.
run "chled -m frameA -r sa -t virtuallpar -p mobile -o off"
run "mksyscfg -r lpar -m frameA -i name=empty,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64"
check(pair:hmc("chsysstate -m frameA -r lpar -o on -n empty").code ~= 0, "it has nothing to boot")
local event = "lssvcevents -t hardware --filter status=open -F refcode,lpar_name,duplicate_count"
check_equal(run(event), "BA210000,empty,0\n", "the event")
check_equal(run "lsled -m frameA -r sa -t virtuallpar --filter lpar_names=empty -F state", "on\n", "its LED")
run "chsvcevent -o closeall"
check_equal(run(event), "No results were found.\n", "it is closed")
check_equal(run "lsled -m frameA -r sa -t phys", "state=off\n", "the system's LED is off")

-- Samples of utilization are taken while nobody asks.
run "chlparutil -r config -m frameB -s 30"
wait_until("a sample is there", function() return pair:hmc("lslparutil -r sys -m frameB -n 1 -F state").output == "Operating\n" end, 60)
