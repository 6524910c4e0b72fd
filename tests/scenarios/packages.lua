-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition as a package: it runs again within seconds of the death of its server, before, during and after a move; once, and never
-- twice; and no transaction is lost. Argument: how many moments of a move.
local guest = require "lib.guest"

local moments = tonumber(arg[1] or "3")
local pair = lab.up { file = lab.variant {
  { 'boot_arguments = "ip=10.0.2.15"', [[boot_arguments = 'ip=10.0.2.15 run="rmcd;netd;bank rate=50;churn set=32 rate=2000"']] },
  { 'name = "pair"', [==[
name = "pair"

[[package]]
name = "books"
partition = "mobile"
frames = ["frameA", "frameB"]
watch = "program"
program = "bank"
interval_ms = 200
misses = 5
]==] },
} }
local program = io.popen "readlink /proc/$PPID/exe":read "l"
local function ha(words)
  local done = lab.program(("ha --lab %s %s"):format(pair:name(), words))
  return done.output, done.code
end
local function start_monitor()
  return io.popen(("%s ha --lab %s monitor >/dev/null 2>&1 & echo $!"):format(program, pair:name())):read "l"
end
local function value(name) return (ha "status --json"):match(('"%s": "?([^",\n]*)'):format(name)) end

local function other(frame) return frame == "frameA" and "frameB" or "frameA" end
-- Where it runs and answers: in one place.
local function wait_running(frame, seconds)
  wait_until("it runs on " .. frame, function()
    local listed = pair:hmc("lssyscfg -r lpar -m " .. frame .. " -F name,state,rmc_state").output
    return listed:find("mobile,Running,active", 1, true), listed
  end, seconds or 30)
end
local function wait_one_owner(seconds)
  return wait_until("it runs in one place", function()
    local found, count, where = pair:where "mobile", 0, nil
    for frame, state in pairs(found) do
      count = count + 1
      if state == "Running" then where = frame end
    end
    return count == 1 and where, "frames: " .. count
  end, seconds or 60)
end

local console = guest.boot(pair)
console:wait("bank: formatted", 30)
local monitor = start_monitor()
wait_until("the monitor watches", function() return value "monitored" == "true" and (ha "status --json"):find("answers on frameA", 1, true) end)
local text, code = ha "status"
check(text:find("books +mobile +frameA +Running +enabled +0 +frameA,frameB"), "status: " .. text)
check_equal(select(2, ha "move -P books -h frameA"), 1, "where it is already it does not move")
check_equal(select(2, ha "move -P nothing -h frameB"), 1, "nor does one that is not there")
check_equal(select(2, ha "dance"), 2, "and what is no word is refused")
text, code = ha "monitor"
check(code == 1 and text:find "runs already", "one monitor: " .. text)

say "- its server dies"
local began = now_ms()
pair:kill "frameA"
wait_until("it is on the next one", function() return pair:where("mobile").frameB end)
console = pair:console("frameB", "mobile")
console:wait("bank: recovered sequence=%d+ lost=0 errors=0 verdict=OK", 30)
local took = now_ms() - began
say(("  the bank goes on after %.0f ms"):format(took))
check(took < 5000 * patience(), "within 5 s")
check_equal(wait_one_owner(), "frameB", "it runs on the next one")
pair:restart()
check_equal(wait_one_owner(), "frameB", "and there alone")
check_equal(value "restarts", "1", "it was restarted once")

say "- it moves"
wait_running "frameB"
guest.wait_for_rmc(pair)
text, code = ha "move -v -P books -h frameA"
check_equal(code, 0, "it moves: " .. text)
for _, line in ipairs { "1. Switching of package books is disabled.", "2. migrlpar -o m -m frameB -t frameA -p mobile",
  "3. Switching of package books is enabled again: frameA owns it" } do
  check(text:find(line, 1, true), "and says: " .. line)
end
check_equal(value "restarts", "1", "nobody has restarted it")
guest.all_well(console, "bank", "churn")

say "- its server dies at moments of a move"
local frame = "frameA"
for moment = 1, moments do
  wait_running(frame)
  guest.wait_for_rmc(pair)
  local restarts = tonumber(value "restarts")
  pair:fault(frame, "slow-mover:30000000")
  local moving = io.popen(("%s ha --lab %s move -v -P books -h %s 2>&1"):format(program, pair:name(), other(frame)))
  wait_until("switching is shown as disabled", function() return value "switching" == "false" end)
  guest.wait_phase(pair, "passes", 30)
  -- From the first pass to some time after the move.
  let_pass(moment * 700 // moments, "the moment of the death")
  pair:kill(frame)
  moving:read "a"
  moving:close()
  local where = wait_one_owner()
  wait_running(where)
  local now = tonumber(value "restarts")
  check(now - restarts <= 1, ("it was restarted %d times"):format(now - restarts))
  check_equal(value "switching", "true", "switching is enabled again")
  pair:restart()
  pair:clear_faults()
  wait_until("nothing is left of the move", function()
    for _, system in ipairs(pair:status().systems) do
      for _, lpar in ipairs(system.partitions or {}) do
        if lpar.migrating then
          pair:hmc("migrlpar -o r -m " .. system.name .. " -p mobile")
          return false, system.name
        end
      end
    end
    return true
  end, 60)
  where = wait_one_owner()
  console = pair:console(where, "mobile")
  local verdicts = guest.all_well(console, "bank")
  check_equal(verdicts.bank.lost, 0, "no transaction is lost")
  frame = where
end

say "- the monitor dies, and the program in the guest"
os.execute("kill -9 " .. monitor)
check_equal(value "monitored", "false", "nobody watches")
monitor = start_monitor()
wait_until("it is watched again", function() return value "monitored" == "true" end)
wait_running(frame)
local before = tonumber(value "restarts")
local pid = console:text() and wait_until("the bank's number", function()
  console:run "ps"
  return console:text():match "(%d+) +%d+ %w+ +%d+ +%d+ bank[^\n]*\n[^\n]*$" or console:text():match ".*\n *(%d+) +%d+ %w+ +%d+ +%d+ bank"
end)
console:run("kill -9 " .. pid)
wait_until("the package is restarted where it is", function() return tonumber(value "restarts") == before + 1, value "restarts" end, 30)
check_equal(wait_one_owner(), frame, "it is where it was")
wait_running(frame)

say "- somebody has disabled it"
check_equal(select(2, ha "disable books"), 0, "switching is disabled")
pair:kill(frame)
let_pass(2000, "nothing happens")
check_equal(value "owner", frame, "it is where it was")
check_equal(select(2, ha "enable books"), 0, "switching is enabled")
check_equal(wait_one_owner(), other(frame), "and it is restarted")
pair:restart()
frame = other(frame)
wait_running(frame)

say "- its server hangs"
before = tonumber(value "restarts")
pair:freeze(frame)
wait_until("it was restarted", function() return tonumber(value "restarts") == before + 1, value "restarts" end, 60)
pcall(pair.thaw, pair, frame)  -- it cannot go on: its process was ended
check(not pair:is_alive(frame), "the one that hung is gone")
check_equal(wait_one_owner(), other(frame), "it runs on the other")
check_equal(select(2, ha "halt books"), 0, "it is halted")
wait_until("it is off", function() return value "state" == "Not Activated", value "state" end)
let_pass(1000, "nobody starts it")
check_equal(value "state", "Not Activated", "it stays off")
check_equal(select(2, ha "run books"), 0, "and it is started again")
wait_one_owner()
