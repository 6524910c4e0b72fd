-- SPDX-License-Identifier: GPL-2.0-or-later
-- The validation window of the Redbook's figures 4-10 to 4-13: what is set up, what is found, and the migration out of it. [FOLDER for pictures]
local guest = require "lib.guest"
local window = require "lib.window"
local pictures = arg[1] or "."

local pair = guest.start { file = lab.default_file():gsub("pair%.toml$", "dual-vios.toml") }
local run = guest.commands(pair)
local w = pair:open_window { size = "1440x900" }
window.wait_frame(w, "frameA", "attached on frameA")

-- Figure 4-10: nothing is known of movers and adapters before it was validated.
w:press("F3")
w:wait("wizard", "Migrating partition%s+mobile")
local empty = w:text("wizard")
check(empty:find("Source mover service partition%s+%-"), "no mover is known yet")
check(not empty:find("Virtual SCSI", 1, true), "and no adapter")
w:press("F4")
check(w:text("wizard"):find("Source system", 1, true), "it does not migrate before it was validated")
w:screenshot(pictures .. "/validation_before.png")

-- Figure 4-11: errors end it, and the window is there again after them.
run 'chsyscfg -r lpar -m frameA -i "name=mobile,work_group_id=3"'
w:press("Return")
w:wait("wizard", "Errors:.-HSCLF21B.-Warnings:.-HSCLA295", 60)
w:screenshot(pictures .. "/validation_errors.png")
w:press("Escape")
w:wait("wizard", "There are errors: they must be eliminated first")
w:press("F4")
check(w:text("wizard"):find("There are errors", 1, true), "with errors it does not migrate")

-- A click, or Enter, leads to where the error is mended: figure 3-11. It is validated again after that.
w:press("Return")
w:wait("wizard", "▶ HSCLF21B", 60)
w:click("HSCLF21B")
window.sheet(w)
w:wait("sheet", "Partition Properties %- mobile on frameA.-▶ Other.-▶ New partition workload group { 3 }")
window.fill(w, "New partition workload group", "none")
w:screenshot(pictures .. "/validation_mended.png")
check_equal(window.save(w), "chsyscfg -r lpar -m frameA -i name=mobile,work_group_id=none", "the command that did it is shown")
w:press("Escape")
w:wait("wizard", "No errors: the partition can migrate.-Warnings:", 60)
check_equal(pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F work_group_id").output, "none\n", "it is in no group any more")
w:press("Escape")
w:wait("wizard", "Source system")

-- Figures 4-12 and 4-13: warnings do not, and movers and adapters are there to be chosen.
w:press("Return")
w:wait("wizard", "No errors: the partition can migrate.-Warnings:", 60)
w:press("Return")
w:wait("wizard", "Source mover service partition viosA1", 30)
for _, line in ipairs { "Virtual SCSI, slot 2 %(x%) 2/viosB1/1 %( %) 2/viosB2/2", "Virtual SCSI, slot 3", "VLAN 1" } do w:wait("wizard", line) end
-- The other pair of movers, and the other server for the first adapter.
local function choose(label, pattern)
  window.line(w, label, "wizard")
  for _ = 1, 8 do
    if w:text("wizard"):find(pattern) then return end
    w:press("Right")
  end
  fail("there is no " .. pattern .. ":\n" .. w:text("wizard"))
end
choose("MSP Pairing", "Destination mover service partition viosB2")
choose("Virtual SCSI, slot 2", "2/viosB1/1 %(x%) 2/viosB2/2")
choose("Virtual SCSI, slot 3", "%(x%) 3/viosB1/1")
choose("Destination profile name", "▶ Destination profile name")
w:type("dest-new")
w:press("F4")
check(w:text("wizard"):find("dest%-new"), "another profile is to be verified first")
w:press("Return")
w:wait("wizard", "No errors: the partition can migrate", 60)
w:press("Return")
window.wait_picture(w)
w:screenshot(pictures .. "/validation_after.png")
w:press("F4")
w:wait("wizard", "migrlpar")
w:wait("move", "mobile runs on frameB", 60)
w:wait("wizard", "exit status 0", 60)
w:press("Return")
local mapped = pair:hmc("lshwres -r virtualio --rsubtype scsi -m frameB --level lpar --filter lpar_names=mobile -F slot_num,remote_lpar_name").output
check_equal(mapped, "2,viosB2\n3,viosB1\n", "the adapters are served as they were chosen")
check(pair:hmc("lssyscfg -r prof -m frameB --filter lpar_names=mobile -F name").output:find("dest-new", 1, true), "and the profile has its name")

-- A partition that is not activated needs neither movers nor a wait time.
run "chsysstate -r lpar -m frameB -o shutdown --immed -n mobile"
pair:wait_state("frameB", "mobile", "Not Activated", 30)
window.wait_frame(w, "frameB", "mobile | %d+ | Not Activated")
w:press("F3")
w:wait("wizard", "Destination profile name")
local inactive = w:text("wizard")
check(not inactive:find("mover service", 1, true) and not inactive:find("Wait time", 1, true), "an inactive one has no such lines")
w:press("Return")
w:wait("wizard", "No errors: the partition can migrate.-Warnings:", 60)
w:screenshot(pictures .. "/validation_warnings.png")
w:press("Return")
window.wait_picture(w)
w:press("F4")
w:wait("move", "mobile .- frameA", 60)
w:wait("wizard", "exit status 0", 60)
w:press("Return")
check(pair:hmc("lssyscfg -r lpar -m frameA -F name").output:find("mobile", 1, true), "the inactive one has gone there")
w:close()
