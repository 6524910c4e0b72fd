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
check(output("dd if=/dev/nvram bs=16 count=1 2>/dev/null | hexdump -C"):find("|"), "NVRAM can be read")
check(not output("dmesg"):find("nvram corruption"), "and is well-formed")
local date = tonumber(output("date +%s"):match("%d+"))
check(math.abs(date - os.time()) < 60, "the date is right")
check(output("cat /proc/device-tree/system-id"):find("10DD4AC"), "the device tree names the server")
local levels = pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=linux -F os_version,rmc_state").output
check(levels:find("Linux/%d+%.%d+.-,active"), "the HMC knows what runs there: " .. levels:gsub("\n", ""))
linux.run(console, "(stream &)")
local connection = pair:connection("10.0.2.15", 7001)
sleep(2000)
local result = connection:stop()
check(result.wrong == "" and result.received > 10, "from the host, a TCP client reaches it through the forwarded port")

console:skip()
console:run("reboot")
linux.login(console)
check(true, "it restarts")
console:run("poweroff")
pair:wait_state("frameA", "linux", "Not Activated", 60)
check(true, "it powers itself off")
