-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian Linux on a POWER9: it finds one, translates by its hashed page table, and its programs make system calls by scv; one that was
-- compiled for a POWER9 runs on over moves. A server with POWER8 does not take it, and takes it in POWER8 mode.
-- Arguments: another kernel and its initrd (images/linux/initrd.py), such as those of Debian 13.
local guest = require "lib.guest"
local linux = require "lib.linux"

local power8_too = [==[

[[frame]]
name = "frameC"
type_model = "8247-22L"
serial_num = "10AB12C"
memory_mb = 4096
lmb_mb = 256
processors = 8

  [[frame.vios]]
  name = "viosC"
  id = 1
  desired_mem = 256
  ip_address = "10.0.2.13"
  luns = ["linux_root"]
  segments = ["lan0"]

[[frame]]
name = "frameB"]==]

local kernel, initrd = arg[1] or "../../build/linux/vmlinux", arg[2] or "../../build/linux/initrd.cpio"
local pair, console = linux.boot {
  { "../../build/linux/vmlinux", kernel }, { "../../build/linux/initrd.cpio", initrd },
  { '"8247-22L"', '"9009-22A"' }, { '"8247-42L"', '"9009-42A"' }, { 'lpar_proc_compat_mode = "POWER8"', 'lpar_proc_compat_mode = "POWER9"' },
  { '\n[[frame]]\nname = "frameB"', power8_too },
}
local function output(line) return (linux.run(console, line)) end

local modes = pair:hmc("lssyscfg -r sys -m frameA -F lpar_proc_compat_modes").output
check_equal(modes, '"default,POWER7,POWER8,POWER9,POWER9_base"\n', "the modes of a POWER9")
local mode = pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=linux -F curr_lpar_proc_compat_mode").output
check_equal(mode, "POWER9\n", "the partition has one of them")
check(output("grep -m 1 ^cpu /proc/cpuinfo"):find("POWER9 (architected)", 1, true), "its kernel knows")
check(output("grep ^MMU /proc/cpuinfo"):find("Hash", 1, true), "and has the hashed page table")
check(output("LD_SHOW_AUXV=1 /bin/bash -c : | grep AT_HWCAP2"):find("scv", 1, true), "programs are told of scv")

linux.run(console, "chmod -x /usr/sbin/drmgr")   -- it sleeps for 5 s in each migration; the agent then uses the kernel's file itself
linux.start(console, "power9", "registers", "memory rate=500")
local function works(before)
  return wait_until("the program for a POWER9 goes on", function()
    local now = linux.all_well(console, "power9", "registers", "memory").power9
    return now.passes > before.passes + 100 and now.scv > before.scv + 100 and now
  end, 120)
end
local done = works { passes = 0, scv = 0 }

local refused = pair:hmc("migrlpar -o v -m frameA -t frameC -p linux")
check_equal(refused.code, 1, "a POWER8 does not take it")
check(refused.output:find("HSCLF21F", 1, true), "for that reason: " .. refused.output)

local frames = { "frameA", "frameB" }
for move = 1, 2 do
  local from, to = frames[(move - 1) % 2 + 1], frames[move % 2 + 1]
  local moved = linux.migrate(pair, from, to)
  check_equal(moved.code, 0, ("move to %s%s"):format(to, moved.code == 0 and "" or ": " .. moved.output))
  done = works(done)
  guest.wait_for_rmc(pair)
end
linux.check_kernel_log(console)
