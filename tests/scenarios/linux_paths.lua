-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two paths to one disk through two Virtual I/O Servers, and a destination that has one: the second path is taken away while it is read,
-- and then the partition moves. (Redbook 5.1.2)
local guest = require "lib.guest"
local linux = require "lib.linux"

local pair, console = linux.boot { { '  [[frame.partition]]\n  name = "linux"', [=[
  [[frame.vios]]
  name = "viosA2"
  id = 2
  desired_mem = 256
  ip_address = "10.0.2.13"
  address_slot = 2
  luns = ["linux_root"]

    [[frame.vios.adapter]]
    kind = "ethernet"
    slot = 2

  [[frame.partition]]
  name = "linux"]=] } }
local run, refused = guest.commands(pair)
local function vios(server, line)
  local done = pair:vios("frameA", server, line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end

run('chhwres -r virtualio -m frameA -p viosA2 -o a --rsubtype scsi -s 18 -a "adapter_type=server,remote_lpar_name=linux,remote_slot_num=5"')
vios("viosA2", "cfgdev")
local host = vios("viosA2", "lsmap -all"):match("(vhost%d+)%s+%S+%-C18")
local disk = vios("viosA2", "lspv"):match("(hdisk[1-9]%d*)")
vios("viosA2", ("mkvdev -vdev %s -vadapter %s -dev path2"):format(disk, host))
run 'chhwres -r virtualio -m frameA -p linux -o a --rsubtype scsi -s 5 -a "adapter_type=client,remote_lpar_name=viosA2,remote_slot_num=18"'
linux.run(console, "for i in $(seq 100); do [ -b /dev/sdb ] && break; usleep 100000; done")
local names = linux.run(console, "cat /sys/block/sda/device/wwid /sys/block/sdb/device/wwid")
local first, second = names:match("(naa[^\r\n]+)\r?\n(naa[^\r\n]+)")
check(first and first == second, "both paths lead to the same disk: " .. names)

refused("migrlpar -o v -m frameA -t frameB -p linux", "HSCLF226")
linux.start(console, "files", "memory mib=32 rate=2000")
local _, status = linux.run(console, "((while dd if=/dev/sdb of=/dev/null bs=64k count=64 2>/dev/null; do :; done; echo path is gone) &)")
run "chhwres -r virtualio -m frameA -p linux -o r --rsubtype scsi -s 5"
_, status = linux.run(console, "for i in $(seq 300); do pidof dd >/dev/null || break; usleep 100000; done; pidof dd || dmesg | tail -n 20")
check(console:text():find("path is gone", 1, true), "who reads the second path notices")
linux.all_well(console, "files", "memory")
vios("viosA2", ("rmdev -dev %s -recursive"):format(host))
run "chhwres -r virtualio -m frameA -p viosA2 -o r --rsubtype scsi -s 18"

local moved = linux.migrate(pair, "frameA", "frameB")
check_equal(moved.code, 0, "it moves to the system with one server" .. (moved.code == 0 and "" or ": " .. moved.output))
linux.all_well(console, "files", "memory")
linux.check_owner(pair, "frameB")
