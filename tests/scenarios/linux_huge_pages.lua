-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian Linux takes the huge page of its partition for its own pool of such pages. It is not used: the kernel would clear all 16 GiB.
local linux = require "lib.linux"

local pair, console = linux.boot {
  { 'serial_num = "10DD4AC"\nmemory_mb = 4096', 'serial_num = "10DD4AC"\nmemory_mb = 20480\nhuge_pages = 1' },
  { "  desired_procs = 2\n", "  desired_procs = 2\n  desired_num_huge_pages = 1\n" },
  { "ip=10.0.2.15\"\n  auto_start", "ip=10.0.2.15 hugepagesz=16G hugepages=1\"\n  auto_start" },
}
local function output(line) return (linux.run(console, line)) end

local found = output("dmesg | grep 'Huge page(16GB)'")
check(found:find("addr = 0x400000000 size = 0x400000000 pages = 1", 1, true), "the kernel finds it in the device tree: " .. found)
check_equal(tonumber(output("cat /sys/kernel/mm/hugepages/hugepages-16777216kB/free_hugepages"):match("%d+")), 1, "and has it in its pool")
local pool = pair:hmc("lshwres -r mem -m frameA --level sys -F configurable_num_sys_huge_pages,curr_avail_num_sys_huge_pages").output
check_equal(pool, "1,0\n", "the system's pool has none left")
