-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two hundred moves back and forth, under load, without a lost transaction.
local guest = require "lib.guest"
local moves = tonumber(arg[1]) or 200

local pair, console = guest.start()
guest.run(console, "ticker", "bank rate=0", "churn set=8 rate=1000")
console:wait("bank: formatted", 20)

local frames = { "frameA", "frameB" }
local began, slowest = now_ms(), 0
for number = 1, moves do
  local from, to = frames[2 - number % 2], frames[1 + number % 2]
  local before = now_ms()
  local done = guest.migrate(pair, from, to)
  if done.code ~= 0 then fail(("move %d from %s failed: %s"):format(number, from, done.output)) end
  slowest = math.max(slowest, now_ms() - before)
  print_progress(number / moves, ("move %d"):format(number))
  if number % 20 == 0 then
    local verdicts = guest.judge(console)
    for _, name in ipairs { "ticker", "bank", "churn" } do
      if not verdicts[name] or verdicts[name].verdict ~= "OK" then fail(("after move %d, %s is not well"):format(number, name)) end
    end
  end
end
say(("  %d moves in %.1f s, %.0f ms each, the slowest %.0f ms"):format(moves, (now_ms() - began) / 1000, (now_ms() - began) / moves, slowest))
local verdicts = guest.all_well(console, "ticker", "bank", "churn")
check(verdicts.bank.transactions > 0, ("the bank has made %d transactions"):format(verdicts.bank.transactions))
check_equal(verdicts.bank.lost, 0, "and lost none")
guest.check_owner(pair, frames[1 + moves % 2], "Running")
