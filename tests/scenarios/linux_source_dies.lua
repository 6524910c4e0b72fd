-- SPDX-License-Identifier: GPL-2.0-or-later
-- kill -9 of the source when Debian Linux runs on the destination and misses pages, at several moments of that. It goes on: what is written to
-- its disk meanwhile is there, its memory is what it was, its kernel has noticed nothing. After a restart of the source and `migrlpar -o r`
-- nothing of the migration is left, and it moves again. Argument: the number of moments.
local guest = require "lib.guest"
local linux = require "lib.linux"

local moments = tonumber(arg[1] or "2")
local pair, console = linux.boot()
linux.run(console, "chmod -x /usr/sbin/drmgr")   -- it sleeps for 5 s in each migration; the agent then uses the kernel's file itself

-- A file in memory, which nobody writes any more.
linux.run(console, "mkdir /tmp/ram && mount -t tmpfs none /tmp/ram && dd if=/dev/urandom of=/tmp/ram/random bs=64k count=64")
local function sum_of(file)
  return linux.run(console, "sha256sum " .. file, 300):match("%x+") or fail(file .. " has no sum")
end
local in_memory = sum_of "/tmp/ram/random"
linux.start(console, "files", "NICE=10 memory mib=96 rate=0", "registers", "clock")
linux.watch_commands(console)
local judges = { "files", "memory", "registers", "clock" }
linux.all_well(console, table.unpack(judges))

local from, to = "frameA", "frameB"
for moment = 1, moments do
  -- What part of the missing pages has come when the source dies.
  local part = moments == 1 and 0 or 0.8 * (moment - 1) / (moments - 1)
  local title = ("%.0f %% of the missing pages had come"):format(part * 100)
  say("- the source dies when " .. title)
  local going, stream
  from, to, going, stream = linux.move_until_pages_are_missing(pair, from, to)
  pair:fault(to, "slow-pages:100000")
  wait_until("so many pages have come", function()
    local now = pair:stream(to, stream)
    return now.bytes_remaining / 4096 <= now.residual_pages * (1 - part), ("%d bytes are missing"):format(now.bytes_remaining)
  end, 120)
  pair:kill(from)
  pair:fault(to, "slow-pages:20000")
  local left = pair:stream(to, stream)
  check(left.phase == "resumed" and left.bytes_remaining > 0, ("%d of %d pages are missing, and the source is dead"):format(
    left.bytes_remaining // 4096, left.residual_pages))

  -- What is written now must be on the disk, and not only in the kernel's cache.
  local _, status = linux.run(console, "dd if=/dev/urandom of=/tmp/ram/written bs=64k count=16 && cp /tmp/ram/written /var/written && sync && " ..
    "echo 3 >/proc/sys/vm/drop_caches && cmp /tmp/ram/written /var/written", 300)
  check_equal(status, 0, "what is written then is on the disk")
  pair:fault(to, "slow-pages:0")
  wait_until("the destination's stream completes by itself", function()
    local now = pair:stream(to, stream)
    return now.phase == "completed", ("it is %s, %d bytes are missing"):format(now.phase, now.bytes_remaining)
  end, 60)
  check_equal(sum_of "/tmp/ram/random", in_memory, title .. ": the file in memory is what it was")
  linux.all_well(console, table.unpack(judges))

  wait_until("the end of the command", function() return going:done() end, 60)
  pair:restart()
  local recovered = pair:hmc(("migrlpar -o r -m %s -p linux"):format(from))
  check_equal(recovered.code, 0, title .. ": it is recovered" .. (recovered.code == 0 and "" or ": " .. recovered.output))
  linux.check_owner(pair, to)
  guest.check_clean(pair)
  guest.wait_for_rmc(pair)
  from, to = to, from
end

local moved = linux.migrate(pair, from, to)
check_equal(moved.code, 0, "and it moves again" .. (moved.code == 0 and "" or ": " .. moved.output))
check_equal(sum_of "/tmp/ram/random", in_memory, "the file in memory is what it was")
check_equal(sum_of "/var/written", sum_of "/tmp/ram/written", "and so is the one on the disk")
linux.all_well(console, table.unpack(judges))
linux.check_kernel_log(console)
linux.check_commands(console)
linux.check_disk(pair, console, to)
