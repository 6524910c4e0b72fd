-- SPDX-License-Identifier: GPL-2.0-or-later
-- Validation finds everything that stands in the way, in one run, and changes nothing.
local guest = require "lib.guest"

local function findings(lab)
  local done = lab:hmc("migrlpar -o v -m frameA -t frameB -p mobile")
  return done.code, done.output
end
local function expect(output, code, what) check(output:find(code, 1, true), what .. " (" .. code .. ")" .. (output:find(code, 1, true) and "" or "\n" .. output)) end

do
  local pair = guest.start()
  local code, output = findings(pair)
  check_equal(code, 0, "the default pair can move" .. (code == 0 and "" or ": " .. output))
  pair:fault("frameB", "fill-memory")
  code, output = findings(pair)
  check_equal(code, 1, "a destination without memory is refused")
  expect(output, "HSCLF20A", "and the reason is its memory")
  pair:fault("frameB", "free-memory")
  check_equal((findings(pair)), 0, "with its memory back, it can move again")
  pair:fault("frameB", "lose-mains")
  code, output = findings(pair)
  check_equal(code, 1, "a destination on battery is refused")
  expect(output, "HSCLF21E", "and the reason is its battery")
  pair:fault("frameB", "restore-mains")
  check_equal((findings(pair)), 0, "with mains power, it can move again")

  pair:fault("frameA", "unplug-network")
  wait_until("the validation finds something", function()
    code, output = findings(pair)
    return code ~= 0
  end, 60)
  expect(output, "HSCLA246", "without network, RMC to the partition is missed")
  pair:down()
end

do
  -- Nothing that the partition needs is there: name and MAC address taken, no disk, no bridge, no mover, another LMB.
  local mac = "0AF4000000AA"
  local file = lab.variant {
    { "vlans = [1]               # slot 3", '[[frame.partition.adapter]]\n  kind = "ethernet"\n  slot = 3\n  mac_addr = "' .. mac .. '"\n' },
    { "  boot_image = \"nomad\"\n", "" },
    { "  boot_arguments = \"ip=10.0.2.15\"\n  auto_start = true\n", "" },
    { "  desired_mem = 256\n", "  desired_mem = 256\n  boot_image = \"nomad\"\n  boot_arguments = \"ip=10.0.2.15\"\n  auto_start = true\n  bsr_arrays = 1\n" },
    { 'serial_num = "10FFE0B"\nmemory_mb = 4096\nlmb_mb = 16', 'serial_num = "10FFE0B"\nmemory_mb = 4096\nlmb_mb = 32' },
    { 'ip_address = "10.0.2.12"\n  luns = ["mobile_root"]\n  segments = ["lan0"]',
      'ip_address = "10.0.2.12"\n  msp = false\n\n  [[frame.partition]]\n  name = "mobile"\n  id = 5\n    [[frame.partition.adapter]]\n' ..
      '    kind = "ethernet"\n    slot = 7\n    mac_addr = "' .. mac .. '"' },
  }
  local pair = lab.up { file = file }
  guest.boot(pair)
  local code, output = findings(pair)
  check_equal(code, 1, "a destination that lacks everything is refused")
  expect(output, "HSCLF203", "there is no mover")
  expect(output, "HSCLF207", "the name is taken")
  expect(output, "HSCLF208", "the MAC address is taken")
  expect(output, "HSCLF209", "the LMB differs")
  expect(output, "HSCLF214", "the VLAN is not bridged")
  expect(output, "HSCLF217", "BSR arrays do not move")
  expect(output, "HSCLA24E", "the disk is not seen")
  local before = json.text(pair:where("mobile"))
  local refused = guest.migrate(pair, "frameA", "frameB")
  check_equal(refused.code, 1, "the move itself refuses too")
  expect(refused.output, "HSCLF207", "for the same reasons")
  check_equal(json.text(pair:where("mobile")), before, "and nothing has changed")
end
