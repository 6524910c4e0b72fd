-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.1.2, figures 5-4 and 5-5; 5.1.3
-- teaches: two paths to the disk of the toy guest: either server stops under load; no move to a system with one server; a path removed, and added again
-- verdict: as in the book
-- simplified: nothing
-- Redbook 5.1.2, figures 5-4 and 5-5, with the toy guest: one disk, a path through either of two Virtual I/O Servers. Each of them
-- stops while the disk is written; both paths go along to a system with two servers. With two paths it does not go where there is one; with
-- one it does, and gets the second again where there are two. (Redbook 5.1.3)
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
local guest = dofile(here .. "../scenarios/lib/guest.lua")

-- A second server on each system. Its own way to the network has a VLAN of its own: two trunks of one would make a ring.
local function second(name, id, address)
  return ([=[
  [[frame.vios]]
  name = "%s"
  id = %d
  ip_address = "%s"
  luns = ["mobile_root"]

    [[frame.vios.adapter]]
    kind = "ethernet"
    slot = 2
    port_vlan_id = 99
    is_trunk = true

    [[frame.vios.bridge]]
    trunk_slot = 2
    segment = "lan0"
]=]):format(name, id, address)
end
local pair, console = guest.start { file = lab.variant {
  { '  [[frame.partition]]\n  name = "mobile"', second("viosA2", 2, "10.0.2.21") .. '\n  [[frame.partition]]\n  name = "mobile"' },
  { '  name = "viosB"', '  name = "viosB2"\n  id = 2\n  ip_address = "10.0.2.22"\n  luns = ["mobile_root"]\n\n    [[frame.vios.adapter]]\n' ..
    '    kind = "ethernet"\n    slot = 2\n    port_vlan_id = 99\n    is_trunk = true\n\n    [[frame.vios.bridge]]\n    trunk_slot = 2\n' ..
    '    segment = "lan0"\n\n  [[frame.vios]]\n  name = "viosB"' },
} }
local run, refused = guest.commands(pair)
local function wait_for_paths(first, other)
  wait_until(("the paths are %s and %s"):format(first, other), function()
    console:skip()
    local before = #console:text()
    console:run("lspath")
    console:wait("mobile# ", 20)
    local said = console:text():sub(before + 1)
    return said:find(first .. " hdisk0 vscsi0", 1, true) and said:find(other .. " hdisk0 vscsi1", 1, true), said
  end, 30)
  check(true, ("the paths are %s and %s"):format(first, other))
end
local function set(frame, vios, on)
  run(("chsysstate -r lpar -m %s -o %s -n %s"):format(frame, on and "on -f default" or "shutdown --immed", vios))
  pair:wait_state(frame, vios, on and "Running" or "Not Activated", 60)
end
local function vios(line)
  local done = pair:vios("frameA", "viosA2", line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local transactions = 0
local function goes_on(when)
  guest.wait_for_work(console, "bank", "transactions", transactions + 20)
  local bank = guest.all_well(console, "bank").bank
  transactions = bank.transactions
  check(true, ("%s: nothing is lost, and it goes on; the slowest transaction so far took %d ms"):format(when, bank.slowest_ms))
end

-- A partition with one path gets a second one while it runs: the server adapter first, then the client adapter.
local function add_second_path()
  run('chhwres -r virtualio -m frameA -p viosA2 -o a --rsubtype scsi -s 18 -a "adapter_type=server,remote_lpar_name=mobile,remote_slot_num=4"')
  run 'chsyscfg -r prof -m frameA -i "lpar_name=viosA2,name=default,virtual_scsi_adapters+=18/server//mobile/4/0"'   -- for its next start
  vios "cfgdev"
  vios(("mkvdev -vdev hdisk1 -vadapter %s"):format(vios("lsmap -all"):match("(vhost%d+)%s+%S+%-C18")))
  run 'chhwres -r virtualio -m frameA -p mobile -o a --rsubtype scsi -s 4 -a "adapter_type=client,remote_lpar_name=viosA2,remote_slot_num=18"'
end
add_second_path()
wait_for_paths("Enabled", "Enabled")
guest.run(console, "bank rate=0")
console:wait("bank: formatted", 20)
for _, each in ipairs { { "viosA", "Failed", "Enabled" }, { "viosA2", "Enabled", "Failed" } } do
  set("frameA", each[1], false)
  wait_for_paths(each[2], each[3])
  goes_on(each[1] .. " is off")
  set("frameA", each[1], true)
  wait_for_paths("Enabled", "Enabled")
end

-- Figures 5-4 and 5-5.
guest.wait_for_rmc(pair)
guest.move(pair, "frameA", "frameB")
wait_for_paths("Enabled", "Enabled")
goes_on "moved with both paths"
set("frameB", "viosB", false)
wait_for_paths("Failed", "Enabled")
goes_on "viosB is off"
set("frameB", "viosB", true)
guest.wait_for_rmc(pair)

-- To a system with one server it does not go with two paths.
set("frameA", "viosA2", false)
refused("migrlpar -o m -m frameB -t frameA -p mobile", "HSCLF226")
guest.check_owner(pair, "frameB", "Running")
goes_on "it was refused"

-- The second path is taken away while the disk is written, and it goes; there and back on two servers it is added again.
run "chhwres -r virtualio -m frameB -p mobile -o r --rsubtype scsi -s 4"
guest.wait_for_rmc(pair)
guest.move(pair, "frameB", "frameA")
goes_on "moved with one path"
guest.check_owner(pair, "frameA", "Running")
set("frameA", "viosA2", true)
guest.wait_for_rmc(pair)
add_second_path()
wait_for_paths("Enabled", "Enabled")
goes_on "the second path is back"
set("frameA", "viosA", false)
wait_for_paths("Failed", "Enabled")
goes_on "viosA is off"
