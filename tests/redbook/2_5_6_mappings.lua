-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.5.6, 5.1.1, figures 5-1 to 5-3; 5.1.2
-- teaches: which Virtual I/O Servers could host which adapter, and which are suggested: two criteria, and what is listed if one is not met, with disks of two storage subsystems and with two paths to one disk
-- verdict: as in the book
-- simplified: nothing
-- Redbook 2.5.6: lslparmigr -r virtualio shows possible mappings always, and suggested ones if adapters of one server stay together, and
-- those of two stay apart.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local dual = lab.default_file():gsub("pair%.toml$", "dual-vios.toml")
-- Figure 5-1: each disk through one server, from a storage subsystem of its own.
local mirrored = lab.variant({
  { '[[lun]]\nname = "mobile_root"', '[[lun]]\nname = "second"\nsubsystem = "ds2"\n\n[[lun]]\nname = "mobile_root"\nsubsystem = "ds1"' },
  { '  address_slot = 2\n  luns = ["mobile_root"]', '  address_slot = 2\n  luns = ["mobile_root"] ' },
  { '  address_slot = 2\n  luns = ["mobile_root"]\n', '  address_slot = 2\n  luns = ["second"]\n\n    [[frame.vios.adapter]]\n    kind = "scsi_server"\n    slot = 30\n    remote_lpar = "mobile"\n    remote_slot = 9\n\n    [[frame.vios.mapping]]\n    server_slot = 30\n    lun = "second"\n' },
  { '  address_slot = 2\n  luns = ["mobile_root"]\n', '  address_slot = 2\n  luns = ["mobile_root", "second"]\n' },
  { '  address_slot = 2\n  luns = ["mobile_root"]\n', '  address_slot = 2\n  luns = ["second"]\n' },
  { 'served_by = ["viosA1", "viosA2"]', 'served_by = ["viosA1"]' },
  { 'auto_start = true', 'auto_start = true\n\n    [[frame.partition.adapter]]\n    kind = "scsi_client"\n    slot = 9\n    remote_lpar = "viosA2"\n    remote_slot = 30\n' },
}, dual)

local function mappings(pair)
  local listed = pair:hmc("lslparmigr -r virtualio -m frameA -t frameB --filter lpar_names=mobile")
  check_equal(listed.code, 0, "mappings are listed")
  local found = {}
  for name, value in listed.output:gmatch('"?([%w_]+)=([%w_/,]+)"?') do found[name] = value:gsub(",[%a_]*$", "") end
  return found.possible_virtual_scsi_mappings, found.suggested_virtual_scsi_mappings
end
local function off(pair, vios)
  pair:hmc("chsysstate -r lpar -m frameB -o shutdown --immed -n " .. vios)
  pair:wait_state("frameB", vios, "Not Activated", 60)
end

do
  local pair = lab.up { file = dual }
  guest.boot(pair)
  guest.wait_for_rmc(pair)
  local possible, suggested = mappings(pair)
  check_equal(possible, "2/viosB1/1,2/viosB2/2,3/viosB1/1,3/viosB2/2", "two paths: either server could host either")
  check_equal(suggested, "2/viosB1/1,3/viosB2/2", "and they stay apart")
  off(pair, "viosB2")
  possible, suggested = mappings(pair)
  check_equal(possible, "2/viosB1/1,3/viosB1/1", "one server is left")
  check_equal(suggested, "none", "nothing is suggested")
  check(pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").output:find "HSCLF226", "and validation refuses what would be no second path")
  pair:down()
end

local pair, console = guest.start { file = mirrored }
local possible, suggested = mappings(pair)
check_equal(possible, "2/viosB1/1,9/viosB1/1,9/viosB2/2", "figure 5-1: the servers that see a disk")
check_equal(suggested, "2/viosB1/1,9/viosB2/2", "figure 5-2: two stay two")
pair:fault("frameB", "offline-subsystem:ds1")
possible, suggested = mappings(pair)
check_equal(possible, "9/viosB1/1,9/viosB2/2", "a storage subsystem that is offline is seen by nobody")
check_equal(suggested, "none", "and nothing is suggested")
check_equal(pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").code, 1, "nor possible")
pair:fault("frameB", "online-subsystem:ds1")
off(pair, "viosB2")
possible, suggested = mappings(pair)
check_equal(possible, "2/viosB1/1,9/viosB1/1", "figure 5-3: one server sees both")
check_equal(suggested, "none", "it is no good match")
local validated = pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile")
check_equal(validated.code, 0, "but possible: disks of two subsystems have no second path to lose" .. (validated.code == 0 and "" or ": " .. validated.output))
check(validated.output:find "HSCLA340", "validation warns")
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")
