-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the console costs: twinframe scenario tests/bench/console.lua. The guest's speed is measured in turns, without a console and with one.
package.path = "tests/scenarios/?.lua;" .. package.path
local guest = require "lib.guest"
local window = require "lib.window"

-- Milliseconds of processor time that a process has used.
local function used(pid)
  local file = assert(io.open("/proc/" .. pid .. "/stat"))
  local numbers = {}
  for word in file:read("a"):match("%) (.*)"):gmatch("%S+") do numbers[#numbers + 1] = tonumber(word) or 0 end
  file:close()
  return (numbers[12] + numbers[13]) * 10
end

-- Per cent of a processor, and pictures a second, for so long.
local function cost(w, milliseconds)
  local before, pictures, began = used(w:pid()), w:pictures(), now_ms()
  let_pass(milliseconds, "this is what is measured")
  local passed = now_ms() - began
  return (used(w:pid()) - before) / passed * 100, (w:pictures() - pictures) / passed * 1000
end

local pair, console = guest.start()

local frame_pid
for _, process in ipairs(pair:status().processes) do
  if process.name == "frameA" then frame_pid = process.pid end
end

-- The guest's instructions for each microsecond that its frame's process has used, whatever else runs on this machine.
local function spin()
  local before = used(frame_pid)
  console:run("run spin kind=int seconds=4")
  local instructions = tonumber((console:wait("instructions=(%d+)", 60)))
  console:wait("mobile# ", 10)
  return instructions / (used(frame_pid) - before) / 1000
end
local function median(values)
  table.sort(values)
  return values[(#values + 1) // 2]
end

local without, with = {}, {}
for turn = 1, tonumber(arg[1] or 5) do
  without[turn] = spin()
  local w = pair:open_window { size = "1600x1000", look_on = true }
  window.wait_frame(w, "frameA", "looking on")
  let_pass(1500, "what it does when it opens is not measured")
  with[turn] = spin()
  w:close()
  window.wait_closed(w)
end
say(("guest, integers: %.1f million instructions for a second of processor time without a console, %.1f with one (%+.1f %%)"):format(median(without), median(with),
  (median(with) / median(without) - 1) * 100))

guest.run(console, "ticker", "bank rate=50")
console:wait("bank: formatted", 20)
guest.run(console, "churn set=24 rate=2500")
local w = pair:open_window { size = "1600x1000", look_on = true }
window.wait_frame(w, "frameA", "looking on")
let_pass(3000, "what it does when it opens is not measured")
say(("idle: %.1f %% of a processor, %.0f pictures a second"):format(cost(w, 10000)))
guest.wait_for_rmc(pair)
pair:fault("frameA", "slow-mover:6000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes")
say(("moving: %.1f %% of a processor, %.0f pictures a second"):format(cost(w, 3500)))
check_equal(task:wait(60).code, 0, "it moves")
w:close()
