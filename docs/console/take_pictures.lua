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

-- How long the film shows something.
local function show(milliseconds) let_pass(milliseconds, "those who see the film look at it") end
show(1500)
film:press("F4")
for _, title in ipairs { "Profile Name", "Destination", "Partition Validation Errors/Warnings" } do window.next_page(film, title) end
film:wait("wizard", "No errors", 60)
show(700)
for _, title in ipairs { "Mover Service Partitions", "VLAN Configuration", "Virtual SCSI Adapters", "Shared Processor Pools", "Wait Time", "Summary" } do
  window.next_page(film, title)
  show(120)
end
show(1500)
film:press("Return")
film:wait("wizard", "▶ Partition Migration Status")
show(300)
film:press("Escape")
film:wait("move", "mobile runs on frameB", 60)
show(4000)
film:close()
window.wait_closed(film)  -- it is written then

-- The pictures.
local w = pair:open_window { size = "1440x900" }
window.wait_frame(w, "frameB", "attached on frameB")
guest.wait_for_rmc(pair)
w:press("F2")
window.enter(w, "date")
window.enter(w, "ps")
window.wait_frame(w, "frameB", "mobile# ps\n.+\nmobile#")
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
w:wait("wizard", "▶ Partition Migration Status")
w:press("Escape")
w:wait("move", "Copy [2-9]%d %%", 60)
w:screenshot(folder .. "/moving.png")
w:wait("move", "mobile runs on frameA", 60)
window.wait_frame(w, "frameA", "attached again on frameA")
guest.wait_for_rmc(pair)  -- nothing changes any more
window.wait_picture(w)
w:screenshot(folder .. "/moved.png")
w:press("F8")
w:wait("faults", "Cut its mover link")
window.wait_picture(w)
w:screenshot(folder .. "/faults.png")
w:press("Escape")
pair:kill("frameB")
w:wait("frames", "No Connection")
w:press("F9")
window.wait_picture(w)
w:screenshot(folder .. "/light.png")
w:close()

-- Validation, all partitions, properties.
local function validate()
  local v = pair:open_window { size = "1440x900" }
  window.wait_frame(v, "frameA", "attached on frameA")
  v:press("F3")
  v:wait("wizard", "Source system")
  v:press("Return")
  v:wait("wizard", "No errors", 60)
  v:press("Return")
  v:wait("wizard", "Virtual SCSI, slot 2", 30)
  window.wait_picture(v)
  v:screenshot(folder .. "/validation.png")
  v:press("Escape")
  return v
end
pair:restart()
guest.wait_for_rmc(pair)
local v = validate()
pair:fault("frameA", "slow-mover:300000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
v:press("F11")
v:wait("sheet", "mobile | %d+ | frameB | Migrating %- Not Activated", 30)
window.wait_picture(v)
v:screenshot(folder .. "/all_partitions.png")
check_equal(pair:hmc("migrlpar -o s -m frameA -p mobile").code, 0, "it is stopped")
task:wait(60)
v:press("Escape")
v:press("alt+Return")
window.tab(v, "Other")
window.fill(v, "Partition availability priority", "300")
v:press("Return")
v:wait("sheet", "invalid parameter value")
window.wait_picture(v)
v:screenshot(folder .. "/properties.png")
v:close()
local large = pair:open_window { size = "2880x1800", scale = "2" }
window.wait_frame(large, "frameA", "attached on frameA")
large:press("F11")
large:wait("sheet", "viosB | 1 | frameB")
window.wait_picture(large)
large:screenshot(folder .. "/hidpi.png")
large:close()

-- Two servers with two Virtual I/O Servers each.
local dual = lab.up { file = lab.default_file():gsub("pair%.toml$", "dual-vios.toml") }
guest.boot(dual)
local ways = dual:open_window { size = "1440x900", look_on = true }
ways:wait("frames", "looking on")
ways:press("F10")
ways:wait("frames", "viosA2 ent%d+ BACKUP ent0 %- network lan0: open")
ways:press("Down")
ways:wait("frames", "Without viosA1:")
window.wait_picture(ways)
ways:screenshot(folder .. "/paths.png")
ways:close()
