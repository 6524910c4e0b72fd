-- SPDX-License-Identifier: GPL-2.0-or-later
-- Properties of systems and partitions, and all partitions in one table: what they show is what the HMC lists, and what is changed there is
-- changed by its commands. [FOLDER for pictures]
local guest = require "lib.guest"
local window = require "lib.window"
local pictures = arg[1] or "."

local pair = guest.start()
local w = pair:open_window { size = "1440x900" }
window.wait_frame(w, "frameA", "attached on frameA")
local function listed(line) return pair:hmc(line).output:gsub("\n$", "") end
local function shows(label, value) check_equal(window.said(w, label), value, label) end

-- Redbook, figure 6-6. It follows what happens by itself.
w:press("F11")
w:wait("sheet", "mobile | 3 | frameA | Running | 0.4 | 0.25 | default | AIX or Linux")
w:wait("sheet", "viosB | 1 | frameB | Running | 0.2 | 0.125 | default | Virtual I/O Server")
pair:fault("frameA", "slow-mover:300000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
w:wait("sheet", "mobile | 3 | frameA | Migrating %- Running", 30)
w:wait("sheet", "mobile | %d+ | frameB | Migrating %- Not Activated", 30)
w:screenshot(pictures .. "/properties_all.png")
check_equal(pair:hmc("migrlpar -o s -m frameA -p mobile").code, 0, "it is stopped")
task:wait(60)
pair:fault("frameA", "slow-mover:0")
w:wait("sheet", "mobile | 3 | frameA | Running", 30)
wait_until("it is there once", function() return not w:text("sheet"):find("Migrating", 1, true) end, 30)

-- A partition's properties: figures 3-2, 3-3, 3-9, 3-19.
window.line(w, "mobile", "sheet")
w:press("Return")
window.tab(w, "Hardware: Memory")
shows("Assigned memory", listed("lshwres -r mem -m frameA --level lpar --filter lpar_names=mobile -F curr_mem") .. " MB")
w:wait("sheet", "BSR arrays.-default | 0 |")
w:screenshot(pictures .. "/properties_memory.png")
window.tab(w, "Hardware: Processors")
shows("Assigned processing units", "0.4")
window.tab(w, "Virtual Adapters")
shows("Maximum virtual adapters", "20")
w:wait("sheet", "2 | Client SCSI | viosA slot 11 | Yes")
w:screenshot(pictures .. "/properties_virtual.png")
-- Several lines of several tabs are one command.
window.tab(w, "Settings")
window.line(w, "Boot mode")
w:press("Right")
w:wait("sheet", "%( %) norm %(x%) sms")
window.line(w, "Time reference")
w:press("Space")
w:wait("sheet", "Time reference %[x%]")
window.tab(w, "Other")
window.fill(w, "Partition availability priority", "99")
w:wait("sheet", "The command that does it:")
check_equal(window.save(w), "chsyscfg -r lpar -m frameA -i name=mobile,boot_mode=sms,time_ref=1,lpar_avail_priority=99", "one command for all of it")
check_equal(listed("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F boot_mode,time_ref,lpar_avail_priority"), "sms,1,99", "it is stored")
-- What the HMC refuses is said in its words, and what was typed stays to be put right.
window.fill(w, "Partition availability priority", "300")
w:press("Return")
w:wait("sheet", "lpar_avail_priority")
check(window.sheet(w):find("{ 300 }", 1, true), "what was typed stays")
w:screenshot(pictures .. "/properties_refused.png")
check_equal(listed("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F lpar_avail_priority"), "99", "nothing has changed")
w:press("Escape")
w:wait("sheet", "All partitions")

-- A server's: figures 3-7 and 4-5, on the other system.
window.line(w, "viosB", "sheet")
w:press("Return")
window.line(w, "Mover service partition")
w:press("Space")
check_equal(window.save(w), "chsyscfg -r lpar -m frameB -i name=viosB,msp=0", "it is no mover any more")
window.line(w, "Mover service partition")
w:press("Space")
window.save(w)
check_equal(listed("lssyscfg -r lpar -m frameB --filter lpar_names=viosB -F msp"), "1", "and one again")
w:screenshot(pictures .. "/properties_mover.png")
w:press("Escape")

-- A system's: figures 3-2 and 3-15.
w:wait("sheet", "All partitions")
window.line(w, "viosB", "sheet")
w:press("ctrl+S")
window.sheet(w)
w:wait("sheet", "Properties %- frameB")
window.tab(w, "Memory")
shows("Logical memory block size", "16 MB")
shows("Current memory available for partition usage", listed("lshwres -r mem -m frameB --level sys -F curr_avail_sys_mem") .. " MB")
window.tab(w, "Capabilities")
shows("Active partition mobility", "True")
w:screenshot(pictures .. "/properties_capabilities.png")
window.tab(w, "Advanced")
shows("Current configurable huge pages", "0")
window.fill(w, "Requested huge pages (with the next power-on)", "9")
w:press("Return")
w:wait("sheet", "requested_num_sys_huge_pages")
w:press("Escape")
w:press("Escape")

-- With the mouse alone: profiles, one of them, its settings.
w:click("Configuration")
w:click("Manage Profiles")
w:wait("sheet", "Manage Profiles %- mobile on frameA.-▶ default", 30)
window.sheet(w)
w:click("default")
w:click("Edit (Ctrl+O)")
w:wait("sheet", "Logical Partition Profile Properties %- default of mobile on frameA", 30)
window.sheet(w)
w:click("Settings")
w:wait("sheet", "Enable redundant error path reporting %[ %]")
w:click("Enable redundant error path reporting")
w:wait("sheet", "Enable redundant error path reporting %[x%]")
w:click("OK (Enter)")
check(w:wait("sheet", "✓ ([^\n]+)", 60):find("redundant_err_path_reporting=1", 1, true), "a click stores it")
window.sheet(w)
w:click("Cancel (Esc)")
w:wait("sheet", "Manage Profiles", 30)
w:click("Close (Esc)")
check(not pcall(w.click, w, "nowhere"), "nobody clicks what is not displayed")

-- By a key at once, too: the selected partition.
w:press("alt+Return")
w:wait("sheet", "Partition Properties %- mobile on frameA")
-- Another name: the window is of something that is called so no more, and closes.
window.fill(w, "Name", "renamed")
w:press("Return")
w:wait("bottom", "new_name=renamed", 30)
window.wait_frame(w, "frameA", "renamed | 3 | Running")
w:close()
