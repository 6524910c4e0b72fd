-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.5, figures 5-9 to 5-18, by the book's commands
-- teaches: the same in the toy guest, by extendvg, migratepv and reducevg under load, with the existing IP address, and rmdev -R -dl
-- verdict: as in the book, in the toy guest
-- simplified: no bootlist and no bosboot, as the hypervisor loads the kernel
local scenarios = debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/"
package.path = scenarios .. "?.lua;" .. package.path
local guest = require "lib.guest"

-- ---- figure 5-9: all that it has is physical ----
local pair, console = guest.start { file = lab.variant {
  { '  [[frame.vios]]\n  name = "viosA"', [==[
  [[frame.slot]]
  drc_index = "21010003"
  location = "U789D.001.DQDYKGK-P1-C3"
  adapter = "disk"
  size_mb = 48

  [[frame.slot]]
  drc_index = "21010004"
  location = "U789D.001.DQDYKGK-P1-C4"
  adapter = "network"
  segment = "lan0"

  [[frame.vios]]
  name = "viosA"]==] },
  { '  disks = ["mobile_root"]   # slot 2, served by viosA\n  vlans = [1]               # slot 3\n',
    '  io_slots = ["21010003/none/0", "21010004/none/0"]\n' },
} }
local run, refused = guest.commands(pair)
local shown = guest.typing(console)
local function vios(frame, line)
  local done = pair:vios(frame, frame:gsub("frame", "vios"), line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function devices(class)
  local names = {}
  for name, status in shown("lsdev -Cc " .. class):gmatch "(%l+%d+) +(%a+) +[^\n]*" do names[#names + 1] = name .. " " .. status end
  return table.concat(names, ", ")
end

check_equal(devices "adapter", "vsa0 Available, vsa1 Available, scsi0 Available, ent0 Available", "a physical disk adapter, and a physical port")
check_equal(devices "disk", "hdisk0 Available", "its disk")
shown "mkvg -y rootvg -s 1 hdisk0"
shown "mklv -y hd1 rootvg 30"
guest.run(console, "bank volume=hd1 rate=100", "ticker")
guest.wait_for_work(console, "bank", "transactions", 20)
check(shown("lspv"):find "hdisk0 +%x+ +rootvg +active", "the root volume group is on it")
check(shown("rmdev -dl hdisk0"):find("0514-062", 1, true), "a disk of an active group is in use")
refused("migrlpar -o m -m frameA -t frameB -p mobile", "HSCLF216")

-- ---- 5.5.2 to 5.5.4: servers and disk ----
for _, frame in ipairs { "frameA", "frameB" } do vios(frame, "chdev -dev hdisk1 -attr reserve_policy=no_reserve") end
run 'chhwres -r virtualio -m frameA -p viosA -o a --rsubtype scsi -s 20 -a "adapter_type=server,remote_lpar_name=mobile,remote_slot_num=4"'
vios("frameA", "cfgdev")
vios("frameA", "mkvdev -vdev hdisk1 -vadapter vhost0")
run 'chsyscfg -r prof -m frameA -i "lpar_name=mobile,name=default,virtual_scsi_adapters=4/client/1/viosA/20/0"'
run 'chhwres -r virtualio -m frameA -p mobile -o a --rsubtype scsi -s 4 -a "adapter_type=client,remote_lpar_name=viosA,remote_slot_num=20"'
shown "cfgmgr"
check_equal(devices "disk", "hdisk0 Available, hdisk1 Available", "the virtual disk")
check(shown("reducevg rootvg hdisk0"):find("0516-016 ldeletepv", 1, true), "not before its partitions are elsewhere")
check(shown("extendvg rootvg hdisk1"):find("0516-1254 extendvg: Changing the PVID in the ODM.", 1, true), "AIX's own words")
shown "migratepv hdisk0 hdisk1"
check(shown("lsvg -p rootvg"):find "hdisk0 +active +47 +47 .-\r?\nhdisk1 +active +63 +33 ", "all of it is on the virtual disk")
shown "reducevg rootvg hdisk0"
check(shown("lspv"):find "hdisk0 +%x+ +None.-\r?\nhdisk1 +%x+ +rootvg", "which has the group alone")
guest.all_well(console, "bank", "ticker")

-- ---- 5.5.5: the network, with the existing IP address ----
run 'chsyscfg -r prof -m frameA -i "lpar_name=mobile,name=default,virtual_eth_adapters=5/0/1//0/0"'
run 'chhwres -r virtualio -m frameA -p mobile -o a --rsubtype eth -s 5 -a "port_vlan_id=1,ieee_virtual_eth=0"'
shown "cfgmgr"
check_equal(devices "if", "en0 Available, en1 Defined", "a second interface, without an address")
check(shown("ifconfig en1 10.0.2.15 netmask 255.255.255.0 up"):find("another interface", 1, true), "an address is of one interface")
shown "ifconfig en0 detach"
shown "ifconfig en1 10.0.2.15 netmask 255.255.255.0 up"
local pinger = pair:pinger("10.0.2.15")
wait_until("it answers there", function() local r = pinger:result() return r.sent - r.lost > 3 end, 20)
pinger:stop()
guest.wait_for_rmc(pair)

-- ---- 5.5.6, process 2 ----
check(shown("rmdev -l pci0"):find("0514-029", 1, true), "not before what is behind it")
check(shown("rmdev -R -dl pci0"):find "scsi0 deleted\r?\npci0 deleted", "with all that is behind it")
check(shown("rmdev -R -dl pci1"):find "ent0 deleted\r?\npci1 deleted", "the port, too")
for _, slot in ipairs { "21010003", "21010004" } do run("chhwres -r io -m frameA -p mobile -o r -l " .. slot) end
check_equal(devices "adapter", "vsa0 Available, vsa1 Available, vscsi0 Available, ent1 Available", "figure 5-17: only virtual adapters")
guest.all_well(console, "bank", "ticker")

-- ---- 5.5.7, figure 5-18 ----
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB")
guest.all_well(console, "bank", "ticker")
check_equal(run("lssyscfg -r prof -m frameB --filter lpar_names=mobile -F name,io_slots"), "default,none\n",
  "its profile names no physical slot any more")
check(shown("lspv"):find "hdisk1 +%x+ +rootvg", "the group goes along")
