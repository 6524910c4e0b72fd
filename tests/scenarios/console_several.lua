-- SPDX-License-Identifier: GPL-2.0-or-later
-- The window of a lab with a console for each server: it shows both, and a migration is started at the console of its source, there and
-- back. [FOLDER for pictures]
local guest = require "lib.guest"
local window = require "lib.window"
local pictures = arg[1] or "."

local pair = lab.up { file = lab.variant { guest.two_consoles } }
guest.boot(pair)
local at = {}
for _, each in ipairs(pair:status().consoles) do at[each.console] = each end
local known = pair:hmc(("mkauthkeys --ip hmc2 -u hscroot -g --passwd %s"):format(io.open(at.hmc2.password_file):read("l")), "hmc1")
check_equal(known.code, 0, "the consoles let each other in" .. known.output)
for where, frame in pairs { hmc1 = "frameA", hmc2 = "frameB" } do
  wait_until("RMC is active at " .. where, function()
    local listed = pair:hmc(("lssyscfg -r lpar -m %s -F state,rmc_state"):format(frame), where).output
    return not listed:find("Running,[^a]"), listed
  end, 60)
end

local w = pair:open_window { size = "1600x1000" }
window.wait_frame(w, "frameA", "attached on frameA")
w:wait("menu", "hmc1 ● connected")
w:wait("menu", "hmc2 ● connected")

-- With the wizard, as it proposes it.
local function migrate(from, to, by)
  w:press("F4")
  w:wait("wizard", "▶ Migration Information")
  for _, title in ipairs { "Profile Name", "Destination", "Partition Validation Errors/Warnings" } do window.next_page(w, title) end
  w:wait("wizard", "No errors: the partition can migrate", 60)
  for _, title in ipairs { "Mover Service Partitions", "VLAN Configuration", "Virtual SCSI Adapters", "Shared Processor Pools", "Wait Time", "Summary" } do
    window.next_page(w, title)
  end
  local summary = w:text("wizard"):gsub("%s+", " ")
  check(summary:find(("migrlpar -o m -m %s -t %s -p mobile --ip %s"):format(from, to, by == "hmc1" and "hmc2" or "hmc1"), 1, true),
    "the command goes through the other console: " .. summary)
  w:press("Return")
  w:wait("wizard", "▶ Partition Migration Status")
  w:wait("move", "mobile runs on " .. to, 60)
  wait_until("the command has ended", function()
    local moves = pair:moves(by)
    return #moves > 0 and moves[#moves].state == "completed"
  end, 60)
  w:wait("wizard", "exit status 0", 30)
  w:press("Return")
end
migrate("frameA", "frameB", "hmc1")
check_equal(#pair:moves("hmc2"), 0, "the console of the source has done it, and no other")
window.wait_frame(w, "frameB", "attached again on frameB")
w:screenshot(pictures .. "/several_consoles.png")
wait_until("RMC is active at hmc2", function()
  return pair:hmc("lssyscfg -r lpar -m frameB --filter lpar_names=mobile -F rmc_state", "hmc2").output == "active\n"
end, 60)
migrate("frameB", "frameA", "hmc2")
check_equal(#pair:moves("hmc2"), 1, "and back, the other one")

-- Each has faults of its own, and its own sign of life.
pair:fault("hmc-hmc2", "delay:100 command=lshmc")
w:wait("menu", "1 fault in force")
w:press("F8")
w:wait("faults", "hmc%-hmc2 1 lshmc: waits 100 ms")
w:screenshot(pictures .. "/several_faults.png")
w:press("Escape")
pair:kill("hmc-hmc2")
w:wait("menu", "hmc2 ■ No Connection")
w:wait("menu", "hmc1 ● connected")
w:close()
