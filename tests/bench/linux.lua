-- SPDX-License-Identifier: GPL-2.0-or-later
-- What Debian Linux costs: its way to the login, the things that programs ask its kernel for, and moves. Writes JSON.
--   twinframe scenario tests/bench/linux.lua FILE [REPETITIONS]
package.path = package.path .. ";tests/scenarios/?.lua"
local guest = require "lib.guest"
local linux = require "lib.linux"
local file, repetitions = arg[1], tonumber(arg[2] or "4")

local pair = linux.lab { { "desired_mem = 512", "desired_mem = 1024" }, { "auto_start = true", "auto_start = false" } }
local console = pair:console("frameA", "linux")
local began = now_ms()
if pair:hmc("chsysstate -m frameA -r lpar -o on -n linux").code ~= 0 then fail("the partition does not start") end
console:wait("login: ", 300)
local results = { login_ms = now_ms() - began, moves = {} }
console:run("root")
console:wait("linux# ", 60)
linux.run(console, "dmesg -n 1")
results.init_ms = 1000 * tonumber(linux.run(console, "dmesg | grep 'Run /init'"):match("%[ *([%d.]+)%]"))
say(("  login after %.0f ms, /init at %.0f ms of the kernel's clock"):format(results.login_ms, results.init_ms))

results.speed = {}
for name, value, unit in linux.run(console, "speed", 120):gmatch("speed: ([%w_]+) ([%d.e+]+) ([^\r\n]+)") do
  results.speed[name] = tonumber(value)
  say(("  %-18s %12.6g %s"):format(name, value, unit))
end

guest.wait_for_rmc(pair)
linux.run(console, "chmod -x /usr/sbin/drmgr")
linux.start(console, "clock")
local counter = wait_until("clock tells where its counter is", function()
  return console:text():match("clock: counter at real (0x%x+)\n")
end)
local watch = pair:watch("frameA", "linux", tonumber(counter))
local from, to = "frameA", "frameB"
for _, load in ipairs { "", "memory mib=64 rate=0" } do
  if load ~= "" then linux.start(console, load) end
  for i = 1, repetitions do
    watch:begin()
    local done = linux.migrate(pair, from, to)
    if done.code ~= 0 then fail(done.output) end
    local move = guest.last_move(pair)
    local gap = linux.all_well(console, "clock").clock.longest_gap_us / 1000
    local run = { load = load, total_ms = move.ended_at_ms - move.began_at_ms, window_outside_ms = watch:window_ms(from, to),
      suspended_ms = move.target.resumed_at_ms - move.source.suspended_at_ms, guest_gap_ms = gap, bytes_sent = move.source.bytes_sent }
    results.moves[#results.moves + 1] = run
    say(("  %-20s %5.0f ms in all, window %6.2f ms (suspended %5.2f), the guest saw %6.2f ms"):format(load == "" and "idle" or load,
      run.total_ms, run.window_outside_ms, run.suspended_ms, gap))
    guest.wait_for_rmc(pair)
    from, to = to, from
  end
end
json.write(file, results)
