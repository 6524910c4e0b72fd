-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian Linux drives a disk and a network adapter in physical slots of its server: its own drivers find them. They are taken from it while
-- it runs, come back with what was written, and a partition that has given them up moves. (Redbook 3.6.8, 5.5)
local guest = require "lib.guest"
local linux = require "lib.linux"

local pair, console = linux.boot {
  { '  [[frame.vios]]\n  name = "viosA"', [==[
  [[frame.slot]]
  drc_index = "21010003"
  location = "U78CB.001.WZS0042-P1-C3"
  adapter = "disk"
  size_mb = 256

  [[frame.slot]]
  drc_index = "21010004"
  location = "U78CB.001.WZS0042-P1-C4"
  adapter = "network"
  segment = "lan0"

  [[frame.slot]]
  drc_index = "21010005"
  location = "U78CB.001.WZS0042-P1-C5"

  [[frame.vios]]
  name = "viosA"]==] },
  { '  vlans = [1]\n', '  vlans = [1]\n  io_slots = ["21010003/none/0", "21010004/none/0"]\n' },
}
local run, refused = guest.commands(pair)
local function inside(line)
  local output, status = linux.run(console, line)
  check_equal(status, 0, line .. (status == 0 and "" or ": " .. output))
  return output
end
local function owners()
  return run("lshwres -r io --rsubtype slot -m frameA -F drc_index,lpar_name,lpar_id,description")
end
local function codes()
  local all = {}
  for code in pair:hmc("migrlpar -o v -m frameA -t frameB -p linux").output:gmatch "HSCLF%w%w%w" do all[#all + 1] = code end
  return table.concat(all, " ")
end
local function chhwres(line) return run("chhwres -r io -m frameA " .. line) end

check_equal(owners(), [[
21010003,linux,3,SCSI bus controller
21010004,linux,3,Ethernet controller
21010005,null,none,Empty slot
]], "the partition has what its profile wishes for")
check_equal(run("lshwres -r io --rsubtype slot -m frameA --filter slots=21010003"),
  "unit_phys_loc=U78CB.001.WZS0042,bus_id=3,phys_loc=C3,drc_index=21010003,lpar_name=linux,lpar_id=3,slot_io_pool_id=none," ..
  "description=SCSI bus controller,feature_codes=none,pci_vendor_id=1AF4,pci_device_id=1042,pci_subs_vendor_id=1AF4," ..
  "pci_subs_device_id=1100,pci_class=0100,pci_revision_id=01,bus_grouping=0,iop=0,parent_slot_drc_index=none," ..
  "drc_name=U78CB.001.WZS0042-P1-C3,interposer_present=0,interposer_pcie=0\n", "a slot as a real console lists it")

-- ---- its own drivers ----
check(inside("cat /sys/bus/pci/devices/*/vendor | sort -u"):find("0x1af4", 1, true), "the kernel has found them on their buses")
check(inside("cat /sys/block/vda/size"):find("524288", 1, true), "a disk of 256 MiB")
check(inside("cat /sys/block/vda/serial"):find("21010003", 1, true), "that says who it is")
inside "mke2fs -q -F /dev/vda && mount /dev/vda /mnt"
inside "dd if=/dev/urandom of=/mnt/file bs=64k count=600 2>/dev/null && sync && md5sum /mnt/file >/run/sum"
inside "echo 3 >/proc/sys/vm/drop_caches && md5sum -c /run/sum"
inside "ip link set eth1 up && ip addr add 10.0.2.16/24 dev eth1"
inside "ping -c 3 -W 5 -I eth1 10.0.2.2"
inside "grep -c virtio /proc/interrupts"

-- ---- nobody who has one moves ----
check_equal(codes(), "HSCLF216 HSCLF216", "each of the two stands in the way")
refused("chhwres -r io -m frameA -o a -p linux -l 21010003", "HSCLF073")
refused("chhwres -r io -m frameA -o a -p linux -l 2101FFFF", "HSCLF072")
refused("chhwres -r io -m frameA -o r -p linux -l 21010005", "HSCLF074")

-- ---- they are given back, and taken again ----
inside "umount /mnt && ip link set eth1 down"
chhwres "-o r -p linux -l 21010003"
chhwres "-o r -p linux -l 21010004"
inside "[ ! -e /sys/block/vda ] && [ ! -e /sys/class/net/eth1 ]"
check(owners():find("21010003,null,none", 1, true), "it is nobody's")
check_equal(codes(), "", "nothing stands in the way any more")
chhwres "-o a -p linux -l 21010003"
inside "for i in $(seq 100); do [ -b /dev/vda ] && break; usleep 100000; done; mount /dev/vda /mnt && md5sum -c /run/sum"
inside "umount /mnt"
chhwres "-o m -p linux -t viosA -l 21010003"
check(owners():find("21010003,viosA,1", 1, true), "the server has it now")
chhwres "-o r -p viosA -l 21010003"

inside "! dmesg | grep -A 1 'cut here'"

guest.wait_for_rmc(pair)
local moved = linux.migrate(pair, "frameA", "frameB")
check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
