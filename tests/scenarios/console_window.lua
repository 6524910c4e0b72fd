-- SPDX-License-Identifier: GPL-2.0-or-later
-- A real window: a partition is moved with nothing but keys, and its terminal is on the other side then. [FOLDER for pictures]
local guest = require "lib.guest"
local window = require "lib.window"
local pictures = arg[1] or "."

local pair, console = guest.start()
local w = pair:open_window { size = "1600x1000" }
window.wait_frame(w, "frameA", "attached on frameA")
check(window.frame(w, "frameA"):find("mobile | 3 | Running | 0.4 | 0.25 | default | AIX or Linux", 1, true), "the table has the partition's row")
check(window.frame(w, "frameB"):find("No guest runs here", 1, true), "and the other frame no guest")

-- The terminal, by keyboard.
w:press("F2")
window.enter(w, "run ticker &")
window.wait_frame(w, "frameA", "ticker: counter at real")
window.enter(w, "run bank rate=50 &")
window.wait_frame(w, "frameA", "bank: formatted")
window.enter(w, "run churn set=16 rate=2000 &")
w:press("F2")
w:screenshot(pictures .. "/window_terminal.png")

-- The wizard, by keyboard.
pair:fault("frameA", "slow-mover:15000000")
w:press("F4")
w:wait("wizard", "▶ Migration Information")
check(w:text("wizard"):find("Active: it is running", 1, true), "the wizard knows that the migration is active")
window.next_page(w, "Profile Name")
w:type("moved")
window.next_page(w, "Destination")
check(w:text("wizard"):find("(x) frameB", 1, true), "the other system is chosen")
window.next_page(w, "Partition Validation Errors/Warnings")
w:wait("wizard", "No errors: the partition can migrate", 60)
w:screenshot(pictures .. "/window_validation.png")
for _, title in ipairs { "Mover Service Partitions", "VLAN Configuration", "Virtual SCSI Adapters", "Shared Processor Pools", "Wait Time" } do
  window.next_page(w, title)
end
w:press("alt+Left")
w:wait("wizard", "▶ Shared Processor Pools")
window.next_page(w, "Wait Time")
window.next_page(w, "Summary")
local summary = w:text("wizard"):gsub("%s+", " ")
check(summary:find("migrlpar -o m -m frameA -t frameB -p mobile -n moved -i source_msp_name=viosA,dest_msp_name=viosB,"
  .. "virtual_scsi_mappings=2/viosB/1,vlan_mappings=1/viosB/1", 1, true), "the summary has the command that was put together")
w:screenshot(pictures .. "/window_summary.png")
w:press("Return")
w:wait("wizard", "▶ Partition Migration Status")
w:press("Escape")

-- The guest goes on talking while it moves.
w:wait("move", "Copy %d+ %%")
w:press("F2")
for i = 1, 8 do
  window.enter(w, "date")
  let_pass(150, "who types is no machine")
  if i == 4 then
    w:screenshot(pictures .. "/window_moving.png")
    check(w:text("frames"):find("Migrating - Running", 1, true), "the table says that it migrates")
  end
end
local moved = w:wait("move", "mobile runs on frameB[^\n]*", 60)
say(moved)
window.wait_frame(w, "frameB", "attached again on frameB")
window.enter(w, "date")
window.enter(w, "echo the other side")
window.wait_frame(w, "frameB", "echo the other side\n[^\n]+\nmobile#")
local there = window.frame(w, "frameB")
check(there:find("terminal of mobile on frameB", 1, true), "the terminal is on the other side")
check(window.frame(w, "frameA"):find("No guest runs here", 1, true), "and not where it was")
check(there:find("closed on frameA: ", 1, true), "the margin says that it was closed there, and why")
local log = console:text()
check_equal(window.count(there, "mobile# ?date"), window.count(log, "mobile# ?date"), "no line was lost or doubled by the move")
check_equal(window.count(log, "mobile# ?date"), 9, "all that was typed has reached the guest")
check_equal(window.count(there, "bank: formatted"), 1, "what was shown before is still there")
w:press("F2")
w:screenshot(pictures .. "/window_moved.png")
check(w:text("move"):find("Frozen 100 %%"), "the pictures stay")
check(w:text("move"):find("Suspend window to scale", 1, true), "with the suspend window")

-- It may be killed at any moment.
os.execute("kill -9 " .. w:pid())
window.wait_closed(w)
w = pair:open_window { size = "1600x1000" }
window.wait_frame(w, "frameB", "attached on frameB")
check(true, "what a killed console held, the next one takes over")
w:close()
window.wait_closed(w)
guest.all_well(console, "ticker", "bank", "churn")
