-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 3.2, 3.6.1 - 3.6.6, 3.6.9, 3.6.11, figures 3-10 to 3-14
-- teaches: what is prepared of the partition itself, by commands: its system and RMC are looked up; serial adapters and workload group are changed while it runs, error path reporting and barrier registers by a profile and an activation; the name of its migration profile
-- verdict: as in the book
-- simplified: nothing
-- Redbook 3.6: "Some of the new settings can be changed dynamically, while others have to be changed statically" (3.2).
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start { file = lab.variant {
  { "  auto_start = true\n", [==[
  auto_start = true
  work_group_id = "7"
  bsr_arrays = 2
  redundant_err_path_reporting = true

    [[frame.partition.adapter]]
    kind = "serial"
    slot = 7
]==] },
} }
local run, refused = guest.commands(pair)
local function findings()
  local seen = {}
  for code in pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").output:gmatch "HSCLF21%w" do seen[code] = true end
  local codes = {}
  for code in pairs(seen) do codes[#codes + 1] = code end
  table.sort(codes)
  return codes
end
local function lpar(names) return (run("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F " .. names):gsub("\n", "")) end

-- 3.6.1, 3.6.2.
check(lpar "os_version":find("nomad", 1, true), "its operating system is known")
check_equal(lpar "rmc_state", "active", "RMC reaches it")
local server = guest.typing(console) "lsrsrc IBM.ManagementServer"
check(server:find('ManagerType      = "HMC"', 1, true) and server:find('NodeNameList     = {"mobile"}', 1, true), "and it knows its console: " .. server)
check_equal(findings(), { "HSCLF217", "HSCLF21A", "HSCLF21B", "HSCLF21D" }, "all that is to be prepared is said at once")

-- 3.6.4: a serial adapter that is only desired is removed while it runs.
check(run("lshwres -r virtualio --rsubtype serial -m frameA --level lpar --filter lpar_names=mobile -F slot_num,is_required"):find("7,0", 1, true), "there is one beside the console's")
run "chhwres -r virtualio -m frameA -p mobile -o r --rsubtype serial -s 7"
check_equal(findings(), { "HSCLF217", "HSCLF21A", "HSCLF21B" }, "it is no longer in the way")

-- 3.6.5: so is the group, of the partition and of its profiles.
run 'chsyscfg -r lpar -m frameA -i "name=mobile,work_group_id=none"'
check_equal(findings(), { "HSCLF217", "HSCLF21A" }, "nor is the workload group")
check_equal(run "lssyscfg -r prof -m frameA --filter lpar_names=mobile -F work_group_id", "7\n", "its profile has it still")

-- 3.6.3, 3.6.6, 3.6.11: these take a profile, and an activation. Table 3-1, note 2: barrier registers do not hinder one that is off.
run 'chsyscfg -r prof -m frameA -i "lpar_name=mobile,name=default,redundant_err_path_reporting=0,work_group_id=none,virtual_serial_adapters=none"'
check_equal(findings(), { "HSCLF217", "HSCLF21A" }, "a profile is not what runs")
run "chsysstate -r lpar -m frameA -o osshutdown -n mobile"
pair:wait_state("frameA", "mobile", "Not Activated", 60)
run "chsysstate -r lpar -m frameA -o on -n mobile -f default"
console = guest.boot(pair)
guest.wait_for_rmc(pair)
check_equal(findings(), { "HSCLF217" }, "barrier registers are left")
check_equal(run "lssyscfg -r prof -m frameA --filter lpar_names=mobile -F bsr_arrays", "2\n", "figure 3-14: its profile has two arrays")
run "chsysstate -r lpar -m frameA -o shutdown -n mobile --immed"
pair:wait_state("frameA", "mobile", "Not Activated")
run "migrlpar -o v -m frameA -t frameB -p mobile"
run 'chsyscfg -r prof -m frameA -i "lpar_name=mobile,name=default,bsr_arrays=0"'
run "chsysstate -r lpar -m frameA -o on -n mobile -f default"
console = guest.boot(pair)
guest.wait_for_rmc(pair)
check_equal(findings(), {}, "nothing is left")

-- 3.6.9: the profile that was last activated is replaced, unless another is named.
local checked = pair:hmc "migrlpar -o v -m frameA -t frameB -p mobile"
check(checked.code == 0 and checked.output:find("HSCLA295", 1, true), "the validation warns of it")
local named = pair:hmc "migrlpar -o m -m frameA -t frameB -p mobile -n moved"
check_equal(named.code, 0, "it moves" .. (named.code == 0 and "" or ": " .. named.output))
check_equal(run "lssyscfg -r prof -m frameB --filter lpar_names=mobile -F name", "default\nmoved\n", "with both profiles")
check_equal(run "lssyscfg -r lpar -m frameB --filter lpar_names=mobile -F curr_profile", "moved\n", "the new one is what it runs with")
