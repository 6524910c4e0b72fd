-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 6.3, figure 6-6; 3.3.4, 3.3.5, figures 3-2 and 3-3
-- teaches: after a migration that was interrupted all partitions are looked at in one table, where the one that awaits recovery stands twice; and what a system has left for it is compared with what it needs
-- verdict: as in the book
-- simplified: nothing
-- Redbook figure 6-6, by the window. What is compared in chapter 3 are two windows of properties.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
package.path = here .. "../scenarios/?.lua;" .. package.path
local guest = require "lib.guest"
local window = require "lib.window"

local pair, console = guest.start()
guest.run(console, "churn set=64 rate=0")
local w = pair:open_window { size = "1440x900" }
window.wait_frame(w, "frameA", "attached on frameA")
local function figure(label) return tonumber((window.said(w, label) or ""):match("^[%d.]+")) end

-- Figures 3-2 and 3-3: what it needs, and what is there.
w:press("F11")
window.line(w, "mobile")
w:press("Return")
window.tab(w, "Hardware: Processors")
local units = figure "Assigned processing units"
window.tab(w, "Hardware: Memory")
local memory = figure "Assigned memory"
w:press("Escape")
window.line(w, "viosB")
w:press("ctrl+S")
w:wait("sheet", "Properties %- frameB", 30)
window.tab(w, "Processors")
check(units and units <= figure "Available for partition usage", "the destination has processing units enough")
window.tab(w, "Memory")
check(memory and memory <= figure "Current memory available for partition usage", "and memory")
w:press("Escape")

-- Figure 6-6.
pair:fault("frameA", "slow-mover:3000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes", 30)
pair:fault("frameB", "unplug-network", "viosB")
check_equal(task:wait(60).code, 1, "the migration is interrupted")
w:wait("sheet", "All partitions")
w:wait("sheet", "mobile | 3 | frameA | Migrating %- Running | 0.4 | 0.25", 30)
w:wait("sheet", "mobile | %d+ | frameB | Migrating %- Not Activated", 30)
check(w:text("sheet"):find("viosB | 1 | frameB | Running", 1, true), "the servers of both systems are in the same table")
w:press("Escape")

-- F6 recovers it.
w:press("F6")
w:wait("wizard", "migrlpar %-o r %-m frameA %-p mobile")
w:press("Return")
w:wait("wizard", "exit status 0", 60)
w:press("Return")
w:press("F11")
w:wait("sheet", "mobile | 3 | frameA | Running", 30)
check(not w:text("sheet"):find("Migrating", 1, true), "and it is there once")
w:close()
