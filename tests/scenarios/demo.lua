-- SPDX-License-Identifier: GPL-2.0-or-later
-- The demonstration behind ./demo [JSON file] [window]: a partition works on one server, is moved to the other and back, and judges
-- itself; so do we, from outside. With a window people can look on, and try for themselves when it is over.
local guest = require "lib.guest"
local json_file = arg[1] ~= "" and arg[1] or nil
local with_window = arg[2] == "window"
local address = "10.0.2.15"

say "\nTwo emulated POWER servers, frameA and frameB, are switched on."
local pair = lab.up()
local opened, window = pcall(function() return with_window and pair:open_window { look_on = true } end)
if not opened then
  say("There is no window: " .. tostring(window))
  window = nil
end
local console = guest.boot(pair)
say "The partition mobile has booted on frameA: 2 processors, 256 MiB, a virtual disk and a virtual network behind a Virtual I/O Server."

console:run("run ticker &")
local counter = tonumber((console:wait("ticker: counter at real (0x%x+)", 20)))
guest.run(console, "bank rate=100")
console:wait("bank: formatted", 30)
guest.run(console, "churn set=32 rate=5000")
say "It works: ticker watches the time, bank keeps transactions on the disk, churn dirties 5000 pages a second and checks them all,"
say "netd answers on the network, and we ping it ten times a second."

local pinger = pair:pinger(address, 100)
local watch = pair:watch("frameA", "mobile", counter)
guest.wait_for_rmc(pair)
wait_until("ten pings are answered", function() return pinger:result().sent - pinger:result().lost >= 10 end)

local moves, survived, longest_gap, reason = {}, true, 0, nil
local function judged()
  local verdicts = guest.judge(console)
  for _, name in ipairs { "ticker", "bank", "churn", "netd" } do
    local verdict = verdicts[name]
    if not verdict or verdict.verdict ~= "OK" then survived, reason = false, name .. (verdict and " found an error" or " does not answer") end
  end
  if verdicts.ticker then longest_gap = math.max(longest_gap, verdicts.ticker.longest_gap_us / 1000) end
  return verdicts
end
judged()
longest_gap = 0

local function move(from, to)
  if window then let_pass(2000, "somebody looks at it") end
  say(("\nmigrlpar -o m -m %s -t %s -p mobile"):format(from, to))
  watch:begin()
  local began = now_ms()
  local task = pair:start(("migrlpar -o m -m %s -t %s -p mobile"):format(from, to))
  local shown, passes = nil, 0
  wait_until("the move ends", function()
    local all = pair:moves()
    local going = all[#all]
    if going and (going.state == "starting" or going.state == "in_progress") then
      if going.step_name ~= shown then
        shown = going.step_name
        say(("  %5.0f ms  step %2d: %s"):format(now_ms() - began, going.step, going.step_name))
      end
      if #going.source.passes > passes then
        passes = #going.source.passes
        local pass = going.source.passes[passes]
        print_progress(going.percent / 100, ("pass %d: %d pages, %d dirty again"):format(passes, pass.pages, pass.dirty_after))
      elseif going.source.bytes_total > 0 then
        print_progress(going.percent / 100, ("%.1f MiB sent"):format(going.source.bytes_sent / 1048576))
      end
    end
    return task:done()
  end, 120)
  local done = task:wait()
  local total = now_ms() - began
  if done.code ~= 0 then
    survived, reason = false, "a move failed: " .. done.output
    return
  end
  local window = watch:window_ms(from, to)
  local all = pair:moves()
  local last = all[#all]
  moves[#moves + 1] = {
    from = from, to = to, total_ms = total, suspend_window_ms = window, passes = #last.source.passes,
    bytes_sent = last.source.bytes_sent, demand_paged = last.target.demand_paged,
  }
  print_progress(1, "done")
  say(("  mobile runs on %s: %.0f ms in all, %d passes, %.1f MiB sent, %d pages fetched on demand"):format(
    to, total, #last.source.passes, last.source.bytes_sent / 1048576, last.target.demand_paged))
  say(("  it stood still for %.2f ms, seen from outside"):format(window))
  guest.wait_for_rmc(pair)
  judged()
end

for _, way in ipairs { { "frameA", "frameB" }, { "frameB", "frameA" } } do
  if survived then move(way[1], way[2]) end
end

local answered = pinger:result().sent
wait_until("five pings more are sent", function() return pinger:result().sent >= answered + 5 end)
local verdicts = judged()
local pings = pinger:stop()
local bank, ticker = verdicts.bank or {}, verdicts.ticker or {}
local result = {
  survived = survived and #moves >= 2,
  moves = moves,
  guest_longest_gap_ms = longest_gap,
  bank_transactions = bank.transactions or 0,
  bank_lost = bank.lost or -1,
  ping_sent = pings.sent,
  ping_lost = pings.lost,
  clock_went_back = (ticker.backwards or 1) ~= 0 or (ticker.tod_backwards or 1) ~= 0,
}
if json_file then json.write(json_file, result) end

say ""
if not result.survived then fail("mobile did not survive: " .. (reason or "too few moves")) end
say(("mobile was moved %d times while it ran, and noticed nothing but a pause:"):format(#moves))
say(("  %d transactions on its disk, %d lost; clock %s"):format(result.bank_transactions, result.bank_lost,
  result.clock_went_back and "WENT BACK" or "never went back"))
say(("  %d pings, %d lost; the longest pause that it saw itself: %.1f ms"):format(pings.sent, pings.lost, longest_gap))
check(result.bank_lost == 0, "no transaction was lost")
check(not result.clock_went_back, "time never went back")
check(result.ping_lost <= 1, "the network hardly noticed")

if window and window:is_open() then
  say "\nThe window stays: F4 moves the partition, F8 breaks something, F1 helps. Close it to end the lab."
  wait_until("the window is closed", function() return not window:is_open() end, 1e9)
end
