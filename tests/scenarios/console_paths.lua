-- SPDX-License-Identifier: GPL-2.0-or-later
-- The window's picture of ways to disks and networks: what a cut would break, and what it has broken. [FOLDER for pictures]
local guest = require "lib.guest"
local window = require "lib.window"
local pictures = arg[1] or "."

local dual = lab.up { file = lab.default_file():gsub("pair%.toml$", "dual-vios.toml") }
guest.boot(dual)
local w = dual:open_window { size = "1600x1000", look_on = true }
w:wait("frames", "looking on")
w:press("F10")
local all = {
  "mobile SCSI 2 %- viosA1 vhost0 %- disk mobile_root: open",
  "mobile SCSI 3 %- viosA2 vhost0 %- disk mobile_root: open",
  "mobile Ethernet 4, VLAN 1 %- viosA1 ent%d+ PRIMARY ent0 %- network lan0: open",
  "mobile Ethernet 4, VLAN 1 %- viosA2 ent%d+ BACKUP ent0 %- network lan0: open",
}
for _, way in ipairs(all) do window.wait_frame(w, "frameA", way, 30) end
window.wait_frame(w, "frameB", "\nviosB1 hdisk%d %- disk mobile_root: open")
window.wait_frame(w, "frameB", "\nviosB2 ent%d+ %u+ ent0 %- network lan0: open")

-- Chooses what is taken to be cut.
local function choose(name)
  for _ = 1, 40 do
    if window.frame(w, "frameA"):find("Without " .. name, 1, true) then return end
    w:press("Down")
  end
  fail("there is no " .. name .. ":\n" .. w:text("frames"))
end
choose("viosA1")
window.wait_frame(w, "frameA", "mobile keeps disk mobile_root, by viosA2 alone%.")
window.wait_frame(w, "frameA", "mobile keeps network lan0, by viosA2 alone%.")
window.wait_frame(w, "frameA", "mobile SCSI 2 %- viosA1 vhost0 %- disk mobile_root: closed")
w:screenshot(pictures .. "/paths_without_a_server.png")
choose("disk mobile_root")
window.wait_frame(w, "frameA", "mobile loses disk mobile_root%.")

-- What is really cut: the cable of one server, and then the other server is all that is left of the network.
w:press("Escape")
dual:fault("frameA", "unplug-cable:ent0 vios=viosA2")
window.wait_frame(w, "frameA", "viosA2 ent%d+ LIMBO ent0 %- network lan0: closed")
choose("cable ent0 of viosA1")
window.wait_frame(w, "frameA", "mobile loses network lan0%.")
check(not window.frame(w, "frameA"):find("disk mobile_root%."), "no disk hangs on a cable")
w:screenshot(pictures .. "/paths_after_a_cut.png")
dual:fault("frameA", "plug-cable:ent0 vios=viosA2")
window.wait_frame(w, "frameA", "mobile keeps network lan0, by viosA2 alone%.")

-- A server that is off: its partition's adapters still lead there, to nothing.
w:press("Escape")
check_equal(dual:hmc("chsysstate -r lpar -m frameA -n viosA1 -o shutdown --immed").code, 0, "a server is powered off")
window.wait_frame(w, "frameA", "viosA1 vhost0 %- disk mobile_root: closed", 30)
window.wait_frame(w, "frameA", "viosA2 ent%d+ PRIMARY ent0 %- network lan0: open")
choose("viosA2")
window.wait_frame(w, "frameA", "mobile loses disk mobile_root%.")

-- F10 brings the terminals back.
w:press("F10")
window.wait_frame(w, "frameA", "terminal of mobile")
w:close()
