-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian Linux is given memory, processors, a disk and a network adapter while it works, moves with them, gives all of it back, and moves
-- back. Judges watch files, memory, registers and a TCP connection meanwhile. Argument: how often.
local guest = require "lib.guest"
local linux = require "lib.linux"

local rounds = tonumber(arg[1] or "1")
local pair, console = linux.boot {
  { 'name = "linux_root"', 'name = "second"\nsize_mb = 64\n[[lun]]\nname = "linux_root"' },
  { 'ip_address = "10.0.2.11"\n  luns = ["linux_root"]', 'ip_address = "10.0.2.11"\n  luns = ["linux_root", "second"]' },
  { 'ip_address = "10.0.2.12"\n  luns = ["linux_root"]', 'ip_address = "10.0.2.12"\n  luns = ["linux_root", "second"]' },
  { "desired_procs = 2", "desired_procs = 2\n  max_mem = 1536\n  max_procs = 4\n  max_proc_units = 400" },
  -- What is added later can be removed, whatever uses it: the kernel keeps nothing of its own there.
  { "console=hvc0", "console=hvc0 movable_node" },
}
local run, refused = guest.commands(pair)
local function vios(frame, line)
  local done = pair:vios(frame, frame:gsub("frame", "vios"), line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function inside(line)
  local output, status = linux.run(console, line)
  check_equal(status, 0, line .. (status == 0 and "" or ": " .. output))
  return output
end
local function number(line) return tonumber(inside(line):match("(%d+)%s*$")) end
local function has(frame, values)
  check_equal(run(("lshwres -r mem -m %s --level lpar --filter lpar_names=linux -F curr_mem,pend_mem"):format(frame)) ..
    run(("lshwres -r proc -m %s --level lpar --filter lpar_names=linux -F curr_procs,pend_procs"):format(frame)),
    ("%d,%d\n%d,%d\n"):format(values.mem, values.mem, values.procs, values.procs), "the console says what it has")
  check_equal(number "nproc", values.procs, "the kernel has as many processors")
  local total = number "awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo"
  check(total <= values.mem and total > values.mem - 100, ("and as much memory: %d of %d MiB"):format(total, values.mem))
end

linux.run(console, "chmod -x /etc/drmgr.d/pmig/* 2>/dev/null")
linux.start(console, "stream", "files", "memory mib=64 rate=4000", "registers")
local connection = linux.connect(pair, console)
local judges = { "stream", "files", "memory", "registers" }
local frames = { "frameA", "frameB" }

for round = 1, rounds do
  local from, to = frames[(round - 1) % 2 + 1], frames[round % 2 + 1]
  local function chhwres(frame, line) return run(("chhwres -m %s -p linux %s"):format(frame, line)) end
  local began = now_ms()
  chhwres(from, "-r mem -o a -q 512")
  local memory_ms = now_ms() - began
  began = now_ms()
  chhwres(from, "-r proc -o a --procs 2 --procunits 0.2")
  say(("  512 MiB came in %.2f s, two processors in %.2f s"):format(memory_ms / 1000, (now_ms() - began) / 1000))
  has(from, { mem = 1024, procs = 4 })

  local server = from:gsub("frame", "vios")
  run(('chhwres -r virtualio -m %s -p %s -o a --rsubtype scsi -s 18 -a "adapter_type=server,remote_lpar_name=linux,remote_slot_num=5"'):format(from, server))
  vios(from, "cfgdev")
  local host = vios(from, "lsmap -all"):match("(vhost%d+)%s+%S+%-C18")
  local disk = vios(from, "lspv"):match("(hdisk%d+)[^\n]*\n%s*$") or "hdisk1"
  vios(from, ("mkvdev -vdev %s -vadapter %s -dev second"):format(disk, host))
  chhwres(from, ('-r virtualio -o a --rsubtype scsi -s 5 -a "adapter_type=client,remote_lpar_name=%s,remote_slot_num=18"'):format(server))
  chhwres(from, "-r virtualio -o a --rsubtype eth -s 6")
  inside "for i in $(seq 100); do [ -b /dev/sdb ] && break; usleep 100000; done; [ -b /dev/sdb ]"
  inside "mke2fs -q -F /dev/sdb && mount /dev/sdb /mnt && dd if=/dev/urandom of=/mnt/file bs=64k count=400 2>/dev/null && md5sum /mnt/file >/run/sum"
  inside "ip link set eth1 up && lsslot -c slot | grep -c C6"
  linux.all_well(console, table.unpack(judges))

  guest.wait_for_rmc(pair)
  local moved = linux.migrate(pair, from, to)
  check_equal(moved.code, 0, "it moves with all that" .. (moved.code == 0 and "" or ": " .. moved.output))
  guest.wait_for_rmc(pair)
  has(to, { mem = 1024, procs = 4 })
  inside "md5sum -c /run/sum && echo 1 >/mnt/again && sync"
  linux.all_well(console, table.unpack(judges))
  local migrated = run(("lssyscfg -r prof -m %s --filter lpar_names=linux -F desired_mem,desired_procs,virtual_scsi_adapters"):format(to))
  check(migrated:find("1024,4", 1, true) and migrated:find("5/client/%d+/vios%u/%d+/0"), "its migration profile has it: " .. migrated)

  inside "umount /mnt && ip link set eth1 down"
  chhwres(to, "-r virtualio -o r --rsubtype scsi -s 5")
  chhwres(to, "-r virtualio -o r --rsubtype eth -s 6")
  check_equal(number "ls -d /sys/block/sd? | wc -l", 1, "the second disk is gone")
  chhwres(to, "-r proc -o r --procs 2 --procunits 0.2")
  began = now_ms()
  chhwres(to, "-r mem -o r -q 512")
  say(("  512 MiB went in %.2f s"):format((now_ms() - began) / 1000))
  has(to, { mem = 512, procs = 2 })
  linux.all_well(console, table.unpack(judges))
  -- The server's side of the disk has come along, and goes last.
  local slot = tonumber(migrated:match("5/client/%d+/vios%u/(%d+)/0"))
  local left = vios(to, "lsmap -all"):match("(vhost%d+)%s+%S+%-C" .. slot .. "%s")
  vios(to, ("rmdev -dev %s -recursive"):format(left))
  run(("chhwres -r virtualio -m %s -p %s -o r --rsubtype scsi -s %d"):format(to, to:gsub("frame", "vios"), slot))
  guest.wait_for_rmc(pair)
end

local now, other = frames[rounds % 2 + 1], frames[(rounds - 1) % 2 + 1]
-- While it moves it is given nothing, and gives nothing back.
pair:fault(now, "slow-mover:2000000")
local going = pair:start(("migrlpar -o m -m %s -t %s -p linux"):format(now, other))
guest.wait_phase(pair, "passes", 60)
for _, line in ipairs { "-r mem -o a -q 256", "-r proc -o a --procs 1", "-r proc -o s -a uncap_weight=7", "-r virtualio -o a --rsubtype eth" } do
  refused(("chhwres -m %s -p linux %s"):format(now, line), "HSCL05DF")
end
local _, status = linux.run(console, "drmgr -c mem -r -q 1")
check(status ~= 0 or run(("lshwres -r mem -m %s --level lpar --filter lpar_names=linux -F curr_mem"):format(now)) == "512\n",
  "neither by itself")
run(("migrlpar -o s -m %s -p linux"):format(now))
check(going:wait(120).code ~= 0, "the move was only for this")
pair:fault(now, "slow-mover:0")
guest.wait_for_rmc(pair)
refused(("chhwres -r mem -m %s -p linux -o a -q 100"):format(now), "HSCLF026")
refused(("chhwres -r mem -m %s -p linux -o a -q 1280"):format(now), "HSCLF028")
refused(("chhwres -r proc -m %s -p linux -o r --procs 2"):format(now), "HSCLF029")
refused(("chhwres -r proc -m %s -p linux -o a --procunits 9"):format(now), "HSCLF02A")
local result = connection:result()
check_equal(result.wrong, "", "the TCP connection is the same, and every block is what was sent")
linux.check_owner(pair, now)
-- A removal tries the blocks that the kernel was loaded into, too, and says why these stay.
linux.check_kernel_log(console, { "pseries%-hotplug%-mem: ", "rpadlpar_io: ", "page:%x+ refcount", "flags: 0x%x+", "raw: %x+ %x+",
  "page dumped because: unmovable page", "ext2 filesystem being mounted at /mnt supports timestamps",
  -- The move that was stopped, if the kernel had begun to ask for its state by then (docs/linux.md, When it goes wrong).
  "mobility: unexpected H_VASI_STATE result 2",
  -- drmgr asks for memory of a size that means nothing (docs/dlpar.md, What Linux makes of it).
  "__vm_enough_memory: pid: %d+, comm: drmgr" })
connection:stop()
linux.check_disk(pair, console, now)
