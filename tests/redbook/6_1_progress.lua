-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 6.1, figures 6-1 and 6-2
-- teaches: partitions that migrate in the console's list, with their states and reference codes, and the window of a migration's progress
-- verdict: as in the book
-- simplified: nothing
-- Redbook 6.1, figures 6-1 and 6-2: an active and an inactive migration in the list of a system's partitions, and the percentage of both.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local train = [==[

  [[frame.partition]]
  name = "train"
  id = 5
  desired_mem = 64
  disks = ["train_root"]
  vlans = [1]
  ip_address = "10.0.2.16"
  boot_image = "nomad"
  boot_arguments = "ip=10.0.2.16"
  auto_start = true
]==]
local luns, all_luns = 'luns = ["mobile_root"]', 'luns = ["mobile_root", "train_root"]'
local pair = guest.start { file = lab.variant {
  { "[[segment]]", '[[lun]]\nname = "train_root"\nsize_mb = 64\n\n[[segment]]' }, { luns, all_luns }, { luns, all_luns },
  { "  auto_start = true\n", "  auto_start = true\n" .. train },
} }
local run = guest.commands(pair)
pair:console("frameA", "train"):wait("train# ", 60)
run "chsysstate -r lpar -m frameA -o shutdown -n train --immed"
pair:wait_state("frameA", "train", "Not Activated", 30)

local window = pair:open_window { size = "1440x900" }
pair:fault("frameA", "slow-mover:3000000")
pair:fault("hmc", "delay:8000 step=13.2 move=inactive")   -- its last steps are waited for
local active = pair:start "migrlpar -o m -m frameA -t frameB -p mobile"
guest.wait_phase(pair, "passes", 30)
local inactive = pair:start "migrlpar -o m -m frameA -t frameB -p train"
local function listed(frame, name)
  return (run(("lssyscfg -r lpar -m %s --filter lpar_names=%s -F name,state"):format(frame, name)):gsub("\n", "")) ..
    "," .. (run(("lsrefcode -r lpar -m %s --filter lpar_names=%s -F refcode"):format(frame, name)):gsub("\n", ""))
end
wait_until("the inactive migration has come to its last steps", function()
  return pair:hmc("lslparmigr -r lpar -m frameA --filter lpar_names=train -F migration_state").output == "Migration In Progress\n"
end, 30)
check_equal(listed("frameA", "mobile"), "mobile,Migrating - Running,2004", "figure 6-1: an active migration")
check_equal(listed("frameB", "mobile"), "mobile,Migrating - Not Activated,C2001040", "on its destination")
check_equal(listed("frameA", "train"), "train,Migrating - Not Activated,C2001020", "an inactive one")
check_equal(listed("frameB", "train"), "train,Migrating - Not Activated,C2001030", "on its destination, as the figure has it")
window:wait("frames", "mobile.-Migrating %- Running.-2004.-train.-Migrating %- Not Activated.-C2001020.-mobile.-Migrating %- Not Activated.-C2001040.-train.-Migrating %- Not Activated.-C2001030")
-- Figure 6-2: the percentage is of memory, of which an inactive migration transfers none.
window:wait("move", "Inactive migration ▶ train moves from frameA to frameB.-Copy 0 %%")
local function percent(name)
  for _, move in ipairs(pair:moves()) do
    if move.lpar_name == name then return move.percent end
  end
end
check_equal(percent "train", 0, "the inactive migration is at 0 %")
wait_until("the active one goes on", function()
  local now = percent "mobile"
  return now > 0 and now <= 100, now
end, 30)
pair:clear_faults "hmc"
pair:fault("frameA", "slow-mover:0")
for _, task in ipairs { active, inactive } do
  local moved = task:wait(90)
  check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
end
check_equal(percent "mobile", 100, "the active one has ended at 100 %")
check_equal({ listed("frameB", "mobile"), listed("frameB", "train") }, { "mobile,Running,", "train,Not Activated,00000000" }, "and both are partitions like others")
window:close()
