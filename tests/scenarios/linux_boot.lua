-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian Linux boots to a login, its disk, network, clock and NVRAM are there, eight processors work, it restarts and powers itself off.
local guest = require "lib.guest"
local linux = require "lib.linux"

local processors = 8
local pair, console = linux.boot { { "desired_procs = 2", "desired_procs = " .. processors } }
local function output(line) return (linux.run(console, line)) end

check_equal(tonumber(output("grep -c ^processor /proc/cpuinfo"):match("%d+")), processors, "all processors are online")
check(output("grep -m 1 ^cpu /proc/cpuinfo"):find("POWER8"), "it is a POWER8")
check(output("grep -c . /proc/interrupts"):find("%d"), "the interrupts are counted")
local interrupts = output("cat /proc/interrupts")
for _, name in ipairs { "hvc_console", "ibmvscsi", "eth0", "IPI" } do check(interrupts:find(name), "there are interrupts of " .. name) end
check(output("mount"):find("/dev/sda on / type ext4"), "the root file system is ext4 on the virtual disk")
check(output("cat /sys/class/scsi_host/host0/partition_name"):find("viosA"), "sysfs names the VIOS behind the disk")
check(output("ls-vscsi"):find("host0 U8247%.22L.10DD4AC%-V3%-C"), "powerpc-utils find the virtual SCSI adapter")
check(output("ls-veth"):find("eth0 U8247%.22L.10DD4AC%-V3%-C"), "and the virtual Ethernet adapter")
check(output("nvram --partitions"):find("ibm,rtas%-log"), "and the partitions of NVRAM")
check(output("dd if=/dev/nvram bs=16 count=1 2>/dev/null | hexdump -C"):find("|"), "NVRAM can be read")
check(not output("dmesg"):find("nvram corruption"), "and is well-formed")
local date = tonumber(output("date +%s"):match("%d+"))
check(math.abs(date - os.time()) < 60, "the date is right")
check(output("cat /proc/device-tree/system-id"):find("10DD4AC"), "the device tree names the server")
local levels = pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=linux -F os_version,rmc_state").output
check(levels:find("Linux/%d+%.%d+.-,active"), "the HMC knows what runs there: " .. levels:gsub("\n", ""))
check(output("lsrsrc IBM.ManagementServer"):find('ManagerType      = "HMC"', 1, true), "it knows who manages it (Redbook 3.6.2)")
linux.run(console, "(stream &)")
local connection = linux.connect(pair, console)
wait_until("ten blocks come, or something is wrong", function()
  return connection:result().received >= 10 or connection:result().wrong ~= ""
end, 60)
local result = connection:stop()
check_equal(result.wrong, "", "from the host, a TCP client reaches it through the forwarded port")
check(result.received >= 10, "and hears it")
local typed = linux.typed_by_ssh(pair, "tty", "uname -n -m")
check(typed:find("\n/dev/pts/%d"), "a user logs in with ssh, and has a terminal")
check(typed:find("\nlinux ppc64le"), "and a shell that answers")

console:skip()
console:run("reboot")
linux.login(console)
check(true, "it restarts")

-- A kernel that gives up: its words on the console, a reference code, and everybody else is alive.
console:run("echo c >/proc/sysrq-trigger")
console:wait("Kernel panic", 60)
pair:wait_state("frameA", "linux", "Error", 60)
local codes = pair:hmc("lsrefcode -r lpar -m frameA --filter lpar_names=linux -F refcode").output
check(codes:find("^B700F104"), "a kernel that panics leaves a reference code: " .. codes:gsub("\n", ""))
check_equal(pair:vios("frameA", "viosA", "ioslevel").code, 0, "and the VIOS beside it lives")
check_equal(pair:hmc("chsysstate -m frameA -r lpar -o shutdown --immed -n linux").code, 0, "it is switched off")

-- One processor, for a change: what a profile says is for the next activation, and no part of what moves.
local function one_processor(frame)
  local changed = pair:hmc(("chsyscfg -r prof -m %s -i name=default,lpar_name=linux,desired_procs=1,desired_proc_units=0.2"):format(frame))
  check_equal(changed.code, 0, "it shall have one processor" .. (changed.code == 0 and "" or ": " .. changed.output))
end
one_processor("frameA")
local moved = linux.migrate(pair, "frameA", "frameB")
check_equal(moved.code, 0, "off, it moves to the other server" .. (moved.code == 0 and "" or ": " .. moved.output))
linux.check_owner(pair, "frameB")
local profile = pair:hmc("lssyscfg -r prof -m frameB --filter lpar_names=linux,profile_names=default -F desired_procs")
check_equal(profile.output, "8\n", "the migration profile is of what it had when it was on")
one_processor("frameB")
check_equal(pair:hmc("chsysstate -m frameB -r lpar -o on -n linux").code, 0, "and is activated there")
console = pair:console("frameB", "linux")
linux.login(console)
check_equal(tonumber(output("grep -c ^processor /proc/cpuinfo"):match("%d+")), 1, "one processor is enough")
check(output("cat /proc/device-tree/system-id"):find("10FFE0B"), "the device tree names that server")
linux.check_disk(pair, console, "frameB")
