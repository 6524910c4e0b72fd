-- SPDX-License-Identifier: GPL-2.0-or-later
-- What moves cost: guests of three sizes under four loads, a few moves each, and the guest's own speed. Writes JSON.
--   twinframe scenario tests/bench/moves.lua FILE [REPETITIONS]
package.path = package.path .. ";tests/scenarios/?.lua"
local guest = require "lib.guest"
local file, repetitions = arg[1], tonumber(arg[2] or "4")

local cases = {
  { memory = 256, churn = nil,                 name = "256 MiB, idle" },
  { memory = 256, churn = "set=64 rate=10000", name = "256 MiB, 64 MiB at 10000 pages/s" },
  { memory = 256, churn = "set=64 rate=100000", name = "256 MiB, 64 MiB at 100000 pages/s" },
  { memory = 1024, churn = nil,                name = "1 GiB, idle" },
  { memory = 1024, churn = "set=64 rate=10000", name = "1 GiB, 64 MiB at 10000 pages/s" },
  { memory = 1024, churn = "set=64 rate=100000", name = "1 GiB, 64 MiB at 100000 pages/s" },
  { memory = 1024, churn = "set=512 rate=max", name = "1 GiB, 512 MiB as fast as it goes" },
  { memory = 4096, churn = nil,                name = "4 GiB, idle" },
  -- So slow that the guest's pace can be seen beside the passes.
  { memory = 1024, churn = "set=64 rate=10000", link = 100000000, name = "1 GiB, 64 MiB at 10000 pages/s, link of 100 MB/s" },
}

local function lab_with(memory)
  local text = { { "  desired_mem = 256\n", "  desired_mem = " .. memory .. "\n" } }
  for _ = 1, 2 do text[#text + 1] = { "memory_mb = 4096\n", "memory_mb = 6144\n" } end
  return lab.up { file = lab.variant(text) }
end

-- Ticks per millisecond of the guest's counter, over so many milliseconds.
local function pace(watch, frame, milliseconds)
  local began, first = now_ms(), watch:value(frame)
  let_pass(milliseconds, "this is what is measured")
  return (watch:value(frame) - first) / (now_ms() - began)
end

local function one_move(pair, watch, from, to)
  watch:begin()
  local before = pace(watch, from, 200)
  local task = pair:start(("migrlpar -o m -m %s -t %s -p mobile"):format(from, to))
  local first, last
  wait_until("the move ends", function()
    local all = pair:moves()
    local going = all[#all]
    if going and going.state == "in_progress" and going.source.phase == "passes" then
      last = { at = now_ms(), value = watch:value(from) }
      first = first or last
    end
    return task:done()
  end, 120)
  local done = task:wait()
  if done.code ~= 0 then fail(done.output) end
  local all = pair:moves()
  local move = all[#all]
  local copying, bytes, pages = 0, 0, 0
  for _, pass in ipairs(move.source.passes) do
    copying, bytes, pages = copying + pass.ms, bytes + pass.bytes, pages + pass.pages + pass.zero_pages
  end
  local shell = {}
  for _, step in ipairs(move.steps) do shell[step.number] = shell[step.number] or step.at_ms end
  local during = first and last.at - first.at >= 10 and (last.value - first.value) / (last.at - first.at) or nil
  return {
    total_ms = move.ended_at_ms - move.began_at_ms,
    shell_ms = shell[4] - shell[3],
    copying_ms = copying, pages = pages, bytes_sent = move.source.bytes_sent,
    copied_gib_s = bytes / copying / 1.073741824e6,
    passes = #move.source.passes,
    window_outside_ms = watch:window_ms(from, to),
    suspended_ms = move.target.resumed_at_ms - move.source.suspended_at_ms,
    residual_pages = move.target.residual_pages, demand_paged = move.target.demand_paged,
    demand_p50_us = move.target.demand_p50_us, demand_p99_us = move.target.demand_p99_us,
    pace_during_passes = during and during / before or nil,
  }
end

local results = { moves = {}, speed = {} }
for _, case in ipairs(cases) do
  say(case.name)
  local pair = lab_with(case.memory)
  local console = guest.boot(pair)
  console:run("run ticker &")
  local counter = tonumber((console:wait("ticker: counter at real (0x%x+)", 20)))
  if case.churn then guest.run(console, "churn " .. case.churn) end
  guest.wait_for_rmc(pair)
  if case.churn then guest.wait_for_work(console, "churn", "passes", 1) end
  if case.link then for _, frame in ipairs { "frameA", "frameB" } do pair:fault(frame, "slow-mover:" .. case.link) end end
  let_pass(500, "nothing of what came before is in what is measured")
  local watch = pair:watch("frameA", "mobile", counter)
  local from, to = "frameA", "frameB"
  local runs = {}
  for i = 1, repetitions do
    runs[i] = one_move(pair, watch, from, to)
    local r = runs[i]
    say(("  %4.0f ms in all, %2d passes in %4.0f ms, %7.1f MiB at %4.1f GiB/s, window %5.2f ms (suspended %4.2f), %d of %d pages on demand"):format(
      r.total_ms, r.passes, r.copying_ms, r.bytes_sent / 1048576, r.copied_gib_s, r.window_outside_ms, r.suspended_ms,
      r.demand_paged, r.residual_pages))
    guest.wait_for_rmc(pair)
    from, to = to, from
  end
  local verdicts = guest.judge(console)
  check_equal(verdicts.ticker and verdicts.ticker.backwards, 0, "time never went back")
  if case.churn then check_equal(verdicts.churn and verdicts.churn.bad, 0, "every page was right") end
  results.moves[#results.moves + 1] = { name = case.name, memory_mib = case.memory, churn = case.churn or "", runs = runs }
  pair:down()
end

say("the guest's own speed")
local pair = lab_with(256)
local console = guest.boot(pair)
for _, kind in ipairs { "int", "mem", "trap", "syscall" } do
  console:run("run spin kind=" .. kind .. " seconds=1")
  local instructions, microseconds = console:wait("spin: kind=" .. kind .. " instructions=(%d+) microseconds=(%d+)", 30)
  local per_second = tonumber(instructions) / tonumber(microseconds)
  results.speed[kind] = per_second
  say(("  %-8s %9.2f million/s"):format(kind, per_second))
end
pair:down()
json.write(file, results)
