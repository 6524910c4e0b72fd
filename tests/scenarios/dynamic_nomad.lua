-- SPDX-License-Identifier: GPL-2.0-or-later
-- Dynamic LPAR with nomad: memory, a processor, an Ethernet adapter and a disk are added while programs work; the partition moves with them,
-- gives them back on the other server, and moves home. A program or a script may refuse, and so does a device that is in use.
local guest = require "lib.guest"

local disk = '[[lun]]\nname = "mobile_data"\nsize_mb = 32\n\n[[segment]]'
local pair, console = guest.start { file = lab.variant {
  { "[[segment]]", disk },
  { '11"\n  luns = ["mobile_root"]', '11"\n  luns = ["mobile_root", "mobile_data"]' },
  { '12"\n  luns = ["mobile_root"]', '12"\n  luns = ["mobile_root", "mobile_data"]' },
  { "desired_mem = 256", "desired_mem = 256\n  max_mem = 512" },
  { "desired_procs = 2", "desired_procs = 2\n  max_procs = 4" },
} }
local run, refused = guest.commands(pair)

-- A command of the guest's shell; what it printed.
local function shell(line)
  console:skip()
  console:run(line)
  return (console:wait(line:gsub("%p", "%%%0") .. "\n(.-)mobile# ", 20))
end
-- One of the console, for what the partition has here and now.
local function chhwres(frame, what)
  return ("chhwres -r %s -m %s -p mobile %s"):format(what:match("^%S+"), frame, what:match("^%S+ (.*)$"))
end
local function memory_mb() return tonumber(shell("mem"):match("total=(%d+)")) // 1024 end
local function count(class, pattern)
  local _, found = shell("lsdev -Cc " .. class):gsub(pattern .. " +Available", "")
  return found
end

guest.run(console, "ticker", "bank rate=50", "churn set=16 rate=2000", "registers", "aware")
guest.wait_for_work(console, "bank", "transactions", 10)

-- Memory and a processor. The programs that want to know are told before and after.
run(chhwres("frameA", "mem -o a -q 64"))
check_equal(memory_mb(), 320, "nomad has the memory that was added")
for _, phase in ipairs { "check", "pre", "post" } do
  check(console:text():find("aware: event=" .. phase .. " mem=+64 answer=done", 1, true), "a program hears of the phase " .. phase)
end
run(chhwres("frameA", "proc -o a --procs 1"))
check_equal(count("processor", "proc%d"), 3, "and the processor")
check(console:text():find("aware: event=post cpu=+1 answer=done", 1, true), "of which the program hears, too")

-- An Ethernet adapter.
run(chhwres("frameA", "virtualio -o a --rsubtype eth -s 5 -a port_vlan_id=1"))
check_equal(count("adapter", "ent%d"), 2, "the Ethernet adapter is a device at once")
check(shell("lsslot -c slot"):find("%-V3%-C5 +Virtual I/O Slot  ent1"), "in its slot")

-- A disk: the Virtual I/O Server's side first.
run('chhwres -r virtualio -m frameA -p viosA -o a --rsubtype scsi -s 20 -a "adapter_type=server,remote_lpar_name=mobile,remote_slot_num=7"')
local function vios(line)
  local done = pair:vios("frameA", "viosA", line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
vios "cfgdev"
local host = vios("lsmap -all"):match("(vhost%d+)%s+%S+%-C20")
local data = vios("lsdev -type disk"):match(".*(hdisk%d+)")
vios(("mkvdev -vdev %s -vadapter %s -dev vtdata"):format(data, host))
run(chhwres("frameA", 'virtualio -o a --rsubtype scsi -s 7 -a "adapter_type=client,remote_lpar_name=viosA,remote_slot_num=20"'))
wait_until("the new disk is there", function() return count("disk", "hdisk%d") == 2 end)

-- What is in use stays.
check(shell("rmdev -l hdisk0"):find("device is busy (bank)", 1, true), "the disk of bank is busy")
refused(chhwres("frameA", "virtualio -o r --rsubtype eth -s 3"), "busy")
check_equal(count("adapter", "ent%d"), 2, "the network stays, over which this was asked")

-- Who may refuse does.
shell("refuse check")
refused(chhwres("frameA", "mem -o a -q 16"), "script refuse refused checkacquire (1): refused on request")
refused(chhwres("frameA", "proc -o r --procs 1"), "script refuse refused checkrelease (1): refused on request")
shell("refuse off")
local refuser = guest.run(console, "aware refuse=pre")
console:wait("aware: ready")
refused(chhwres("frameA", "mem -o r -q 16"), "(aware) refused prepare")
check_equal(memory_mb(), 320, "nothing has changed")
console:run("kill " .. refuser)
console:wait("aware: events=%d+ refused=1")

-- There, with all of it.
guest.all_well(console, "ticker", "bank", "churn", "registers")
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")
guest.all_well(console, "ticker", "bank", "churn", "registers")
guest.wait_for_rmc(pair)
check_equal(memory_mb(), 320, "the memory has come along")
check_equal(count("processor", "proc%d"), 3, "so have the processors")
wait_until("both disks are there", function() return count("disk", "hdisk%d") == 2 end)

-- A program that wants nearly all memory: what it has cannot go, until it ends.
local large = guest.run(console, "churn set=260 rate=0")
wait_until("its pages are there", function() return tonumber(shell("ps"):match("\n *" .. large .. " [^\n]- (%d+) churn")) > 260 * 256 end)
refused(chhwres("frameB", "mem -o r -q 64"), "HSCL2932")
console:run("kill " .. large)
wait_until("it has ended", function() return not shell("ps"):find("churn set=260", 1, true) end)
run(chhwres("frameB", "mem -o r -q " .. memory_mb() - 256))
check_equal(memory_mb(), 256, "the memory has gone")

run(chhwres("frameB", "proc -o r --procs 2"))
check_equal(count("processor", "proc%d"), 1, "the processors have gone, but for one")
run(chhwres("frameB", "proc -o a --procs 1"))
run(chhwres("frameB", "virtualio -o r --rsubtype eth -s 5"))
check_equal(count("adapter", "ent%d"), 1, "the Ethernet adapter has gone")
local second = guest.run(console, "bank disk=1")
refused(chhwres("frameB", "virtualio -o r --rsubtype scsi -s 7"), "0514-062")
console:run("kill " .. second)
console:wait("bank: transactions=.-verdict=OK", 20)
check(shell("rmdev -l vscsi1"):find("vscsi1 Defined"), "its driver lets go of the adapter")
check_equal(count("disk", "hdisk%d"), 1, "and of the disk behind it")
shell("cfgmgr")
wait_until("cfgmgr finds them again", function() return count("disk", "hdisk%d") == 2 end)
run(chhwres("frameB", "virtualio -o r --rsubtype scsi -s 7"))
check_equal(count("adapter", "vscsi%d"), 1, "the disk's adapter has gone")

-- And back.
guest.move(pair, "frameB", "frameA")
guest.check_owner(pair, "frameA", "Running")
local verdicts = guest.all_well(console, "ticker", "bank", "churn", "registers")
check_equal(verdicts.bank.lost, 0, "no transaction is lost")
guest.check_clean(pair)
