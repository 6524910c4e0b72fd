-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition that has everything that does not move is prepared for it, as Redbook 3.6.3 - 3.6.8, 3.6.11 and 5.5.6 (process 1) tell: profiles
-- are changed, and nothing comes of that before it is shut down and activated; a restart of its operating system is not enough. The
-- workload group alone is left while it runs (3.6.5).
local guest = require "lib.guest"

local pair, console = guest.start { file = lab.variant {
  { '  auto_start = true\n', '  auto_start = true\n  redundant_err_path_reporting = true\n  bsr_arrays = 4\n' ..
    '  work_group_id = "7"\n  io_slots = ["21010003/none/1"]\n\n    [[frame.partition.adapter]]\n    kind = "serial"\n    slot = 4\n' },
} }
console:run "run barrier"
check_equal(console:wait("barrier: windows=4 bad=%d+ verdict=(%w+)", 20), "OK", "the barrier registers are as they are announced")
guest.run(console, "ticker")

local function run(line)
  local done = pair:hmc(line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function findings()
  local codes = {}
  for code in pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").output:gmatch "HSCL[AF]2%w%w" do codes[#codes + 1] = code end
  table.sort(codes)
  return table.concat(codes, " ")
end
local function profile(change) run(('chsyscfg -r prof -m frameA -i "name=default,lpar_name=mobile,%s"'):format(change)) end
local function has(names)
  return run("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F " .. names):gsub("\n", "")
end

local all = findings()
for _, one in ipairs { { "HSCLF21A", "redundant error path reporting" }, { "HSCLF217", "barrier registers" }, { "HSCLF21B", "a workload group" },
  { "HSCLF216", "a physical slot" } } do
  check(all:find(one[1], 1, true), ("%s stands in the way (%s of %s)"):format(one[2], one[1], all))
end

-- 3.6.5: the partition's own group goes at once, the profile's with the next activation.
run 'chsyscfg -r lpar -m frameA -i "name=mobile,work_group_id=none"'
check_equal(has "work_group_id", "none", "it has left its group while it runs")
check(not findings():find("HSCLF21B", 1, true), "and that is in the way no more")
profile "work_group_id=none"

local before = findings()
profile "redundant_err_path_reporting=0"
profile "bsr_arrays=0"
profile "io_slots=none"
profile '\\"virtual_serial_adapters-=4\\"'
check_equal(findings(), before, "the profile is changed, and nothing has come of that")
console:run "reboot"
console:wait("nomad: shutdown, restart", 20)
console:wait("mobile# ", 60)
guest.wait_for_rmc(pair)
check_equal(findings(), before, "a restart of its operating system is not enough")

run "chsysstate -m frameA -r lpar -o osshutdown -n mobile"
pair:wait_state("frameA", "mobile", "Not Activated")
run "chsysstate -m frameA -r lpar -o on -n mobile -f default"
console = guest.boot(pair)
guest.wait_for_rmc(pair)
check_equal(findings(), "HSCLA295", "after a shutdown and an activation, nothing stands in the way")
guest.run(console, "ticker")
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")
guest.all_well(console, "ticker")
