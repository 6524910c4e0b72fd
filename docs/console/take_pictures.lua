-- SPDX-License-Identifier: GPL-2.0-or-later
-- Takes the pictures of docs/console.md and the animation that README.md opens with. From the root of the tree, without a display:
--   build/release/bin/twinframe scenario docs/console/take_pictures.lua docs/console
package.path = "tests/scenarios/?.lua;" .. package.path
local guest = require "lib.guest"
local window = require "lib.window"
local folder = arg[1] or "."

local pair, console = guest.start { name = "pair" }
guest.run(console, "ticker", "bank rate=80")
console:wait("bank: formatted", 20)
guest.run(console, "churn set=24 rate=2500")

-- The animation: the wizard's summary, then the move.
pair:fault("frameA", "slow-mover:9000000")
pair:fault("frameB", "slow-mover:9000000")
local film = pair:open_window { size = "1280x800", look_on = true, record = folder .. "/move.webp" }
window.wait_frame(film, "frameA", "looking on")
sleep(1500)
film:press("F4")
for _, title in ipairs { "Profile Name", "Destination", "Partition Validation Errors/Warnings" } do window.next_page(film, title) end
film:wait("wizard", "No errors", 60)
sleep(700)
for _, title in ipairs { "Mover Service Partitions", "VLAN Configuration", "Virtual SCSI Adapters", "Shared Processor Pools", "Wait Time", "Summary" } do
  window.next_page(film, title)
  sleep(120)
end
sleep(1500)
film:press("Return")
sleep(300)
film:press("Escape")
film:wait("move", "mobile runs on frameB", 60)
sleep(4000)
film:close()
sleep(6000)  -- until it is written

-- The pictures.
local w = pair:open_window { size = "1440x900" }
window.wait_frame(w, "frameB", "attached on frameB")
guest.wait_for_rmc(pair)
w:press("F2")
window.enter(w, "date")
window.enter(w, "ps")
sleep(2000)
w:screenshot(folder .. "/frames.png")
w:press("F2")
w:press("F4")
for _, title in ipairs { "Profile Name", "Destination", "Partition Validation Errors/Warnings" } do window.next_page(w, title) end
w:wait("wizard", "No errors", 60)
for _, title in ipairs { "Mover Service Partitions", "VLAN Configuration", "Virtual SCSI Adapters", "Shared Processor Pools", "Wait Time", "Summary" } do
  window.next_page(w, title)
end
w:screenshot(folder .. "/wizard.png")
w:press("Return")
sleep(200)
w:press("Escape")
w:wait("move", "Copy [2-9]%d %%", 60)
w:screenshot(folder .. "/moving.png")
w:wait("move", "mobile runs on frameA", 60)
window.wait_frame(w, "frameA", "attached again on frameA")
sleep(1500)
w:screenshot(folder .. "/moved.png")
w:press("F8")
sleep(200)
w:screenshot(folder .. "/faults.png")
w:press("Escape")
pair:kill("frameB")
w:wait("frames", "No Connection")
w:press("F9")
sleep(200)
w:screenshot(folder .. "/light.png")
w:close()
