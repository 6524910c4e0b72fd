-- SPDX-License-Identifier: GPL-2.0-or-later
-- A service processor's own settings, and generations of processors: another size of memory blocks comes with a power-on and stays, power
-- and mains are switched, and a partition keeps the processors that it runs on. (Redbook 2.2.1, 3.1, 3.3.2)
local guest = require "lib.guest"

local pair, console = guest.start { file = lab.variant {
  { 'serial_num = "10DD4AC"', 'serial_num = "10DD4AC"\nprocessor = "POWER6"' },
  { 'serial_num = "10FFE0B"', 'serial_num = "10FFE0B"\nprocessor = "POWER7"' },
} }
local run, refused = guest.commands(pair)
local function asmi(words, code)
  local done = lab.program("asmi --lab " .. pair:name() .. " " .. words)
  check_equal(done.code, code or 0, "asmi " .. words .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function blocks() return (asmi("frameB"):match "memory[^\n]*") end

-- Generations.
check_equal(run "lssyscfg -r sys -m frameA -F lpar_proc_compat_modes", '"default,POWER6"\n', "the modes of a POWER6")
check_equal(run "lssyscfg -r sys -m frameB -F lpar_proc_compat_modes", '"default,POWER6,POWER7"\n', "and of a POWER7")
local function mode(frame) return run("lssyscfg -r lpar -m " .. frame .. " --filter lpar_names=mobile -F desired_lpar_proc_compat_mode,curr_lpar_proc_compat_mode") end
check_equal(mode "frameA", "default,POWER6\n", "default is POWER6")
refused("chsyscfg -r prof -m frameA -i lpar_name=mobile,name=default,lpar_proc_compat_mode=POWER7", "lpar_proc_compat_mode")
guest.run(console, "ticker")
guest.move(pair, "frameA", "frameB")
check_equal(mode "frameB", "default,POWER6\n", "on a POWER7 it is what it was")
guest.all_well(console, "ticker")
guest.wait_for_rmc(pair)
guest.move(pair, "frameB", "frameA")
guest.wait_for_rmc(pair)
guest.move(pair, "frameA", "frameB")
run "chsysstate -r lpar -m frameB -o shutdown -n mobile --immed"
pair:wait_state("frameB", "mobile", "Not Activated")
run "chsysstate -r lpar -m frameB -o on -n mobile -f default"
console = guest.boot(pair, "frameB")
check_equal(mode "frameB", "default,POWER7\n", "started there, it is a POWER7")
guest.wait_for_rmc(pair)
refused("migrlpar -o v -m frameB -t frameA -p mobile", "HSCLF21F")
run "chsysstate -r lpar -m frameB -o shutdown -n mobile --immed"
pair:wait_state("frameB", "mobile", "Not Activated")
run "migrlpar -o m -m frameB -t frameA -p mobile"
check_equal(mode "frameA":match "default,(%w+)", "default", "of one that is off it is the next system's")

-- Memory blocks.
check_equal(blocks(), "memory    4096 MB, in blocks of 16 MB", "as the lab file says")
for _, wrong in ipairs { "frameB lmb 48", "frameB lmb", "frameB lmb 32 64", "frameB power up", "frameB mains maybe", "frameB cool", "frameB lmb 32 --json" } do asmi(wrong, 2) end
asmi("frameZ", 1)
asmi("frameB power standby", 1)
asmi "frameB lmb 64"
check_equal(blocks(), "memory    4096 MB, in blocks of 16 MB; of 64 MB from the next power-on", "it is pending")
check(asmi("frameB show --json"):find('"pending_lmb_mb": 64', 1, true), "and told to programs")
pair:kill "frameB"
pair:restart()
wait_until("frameB answers", function() return pair:hmc("lssyscfg -r sys -m frameB -F state").output == "Operating\n" end)
check(blocks():find("of 64 MB from", 1, true), "a death of the process is no power-on, and loses nothing")
asmi "frameB power off"
check_equal(run "lssyscfg -r sys -m frameB -F state", "Power Off\n", "it is off")
asmi "frameB power on"
check_equal(blocks(), "memory    4096 MB, in blocks of 64 MB", "it has them now")
check_equal(run "lshwres -r mem -m frameB --level sys -F mem_region_size", "64\n", "the console says so, too")
guest.wait_for_rmc(pair)
refused("migrlpar -o v -m frameA -t frameB -p mobile", "HSCLF209")
refused("mksyscfg -r lpar -m frameB -i name=odd,profile_name=p,lpar_env=aixlinux,min_mem=96,desired_mem=96,max_mem=96", "min_mem")
pair:kill "frameB"
pair:restart()
wait_until("frameB answers", function() return pair:hmc("lssyscfg -r sys -m frameB -F state").output == "Operating\n" end)
check_equal(blocks(), "memory    4096 MB, in blocks of 64 MB", "and has them still")
asmi "frameB lmb auto"
run "chsysstate -r sys -m frameB -o off --immed --restart"
check_equal(blocks(), "memory    4096 MB, in blocks of 16 MB; of 16 MB from the next power-on (auto)", "4 GB has blocks of 16 MB")

-- Mains.
asmi "frameB mains off"
check(asmi("frameB"):find("on battery", 1, true), "it is on battery")
guest.wait_for_rmc(pair)
refused("migrlpar -o v -m frameA -t frameB -p mobile", "HSCLF21E")
asmi "frameB mains on"
run "migrlpar -o v -m frameA -t frameB -p mobile"
