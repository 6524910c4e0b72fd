-- SPDX-License-Identifier: GPL-2.0-or-later
-- Debian Linux moves back and forth while a TCP connection carries checksummed blocks both ways, a tree of files is written and verified,
-- memory is written and checked, registers hold their values, two clocks are watched, and a user is logged in with ssh. Arguments: the number
-- of moves; the pages a second that are written (0: as fast as it goes); the processors.
local guest = require "lib.guest"
local linux = require "lib.linux"

local moves = tonumber(arg[1] or "6")
local rate, processors = arg[2] or "2000", arg[3] or "2"
local pair, console = linux.boot { { "desired_procs = 2", "desired_procs = " .. processors } }
linux.run(console, "chmod -x /usr/sbin/drmgr")   -- it sleeps for 5 s in each migration; the agent then uses the kernel's file itself
linux.start(console, "stream", "files", "memory mib=32 rate=" .. rate, "registers", "clock")
local connection = linux.connect(pair, console)
local ssh = linux.open_ssh(pair)
local shell = ssh.run("echo $$")
linux.watch_commands(console)
wait_until("a hundred blocks come", function() return connection:result().received >= 100 end)
linux.all_well(console, "stream", "files", "memory", "registers", "clock")

local frames, windows = { "frameA", "frameB" }, {}
for move = 1, moves do
  local from, to = frames[(move - 1) % 2 + 1], frames[move % 2 + 1]
  local began = now_ms()
  local done = linux.migrate(pair, from, to)
  check_equal(done.code, 0, ("move %d, to %s%s"):format(move, to, done.code == 0 and "" or ": " .. done.output))
  local last = guest.last_move(pair)
  windows[#windows + 1] = last.target.resumed_at_ms - last.source.suspended_at_ms
  say(("  %.1f s, %d passes, %.1f MiB, suspended %.2f ms, clocks stood %s us"):format((now_ms() - began) / 1000, #last.source.passes,
    last.source.bytes_sent / 1048576, windows[#windows],
    linux.all_well(console, "stream", "files", "memory", "registers", "clock").clock.longest_gap_us))
  check_equal(ssh.run("echo $$"), shell, "the user's shell answers")
  guest.wait_for_rmc(pair)
end
table.sort(windows)
say(("  suspended: median %.2f ms, longest %.2f ms"):format(windows[(#windows + 1) // 2], windows[#windows]))

local result = connection:result()
check_equal(result.wrong, "", "the TCP connection is the same, and every block is what was sent")
check(result.received > moves * 20, ("%d blocks came, %d went, longest silence %.0f ms"):format(result.received, result.sent,
  result.longest_gap_ms))
linux.check_owner(pair, frames[moves % 2 + 1])
linux.check_kernel_log(console)
linux.check_commands(console)
connection:stop()
ssh.close()
linux.check_disk(pair, console, frames[moves % 2 + 1])
