-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian Linux finds the performance monitor of a POWER8. What it counts of two processes is right, and goes on over moves.
local guest = require "lib.guest"
local linux = require "lib.linux"

local pair, console = linux.boot()
local function output(line) return (linux.run(console, line)) end

local found = output("dmesg | grep 'performance monitor'")
check(found:find("POWER8 performance monitor hardware support registered", 1, true), "the kernel has a driver for it: " .. found)
check(output("cd /sys/devices/cpu/events; cat cpu-cycles"):find("event=0x1e", 1, true), "which names its events")

linux.run(console, "chmod -x /usr/sbin/drmgr")   -- it sleeps for 5 s in each migration; the agent then uses the kernel's file itself
linux.start(console, "counters")
-- Until both processes have looked so many times more.
local function looks_well(more)
  local first = linux.all_well(console, "counters").counters
  return wait_until("both count", function()
    local now = linux.all_well(console, "counters").counters
    return now.looks >= first.looks + more and now.of_the_second >= first.of_the_second + more and now
  end, 120)
end

local before = looks_well(5)
local frames = { "frameA", "frameB" }
for move = 1, 2 do
  local from, to = frames[(move - 1) % 2 + 1], frames[move % 2 + 1]
  local done = linux.migrate(pair, from, to)
  check_equal(done.code, 0, ("move to %s%s"):format(to, done.code == 0 and "" or ": " .. done.output))
  local after = looks_well(5)
  check(after.instructions > before.instructions, ("counters go on there, at %d instructions"):format(after.instructions))
  before = after
  guest.wait_for_rmc(pair)
end
linux.check_kernel_log(console)
