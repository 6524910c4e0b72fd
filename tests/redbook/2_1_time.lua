-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.1, 3.5.4
-- teaches: systems whose clocks are minutes apart: a partition keeps its time of day over migrations, and time reference partitions set their system's clock
-- verdict: as in the book
-- simplified: nothing
-- Redbook 2.1 and 3.5.4: the clocks of two systems are minutes apart and drift. A partition's time of day goes on right through migrations
-- there and back, and never goes back. A time reference partition sets its system's clock.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start { file = lab.variant {
  { 'serial_num = "10DD4AC"\n', 'serial_num = "10DD4AC"\nclock_offset_ms = 180000\nclock_drift_ppm = 2000\n' },
  { 'serial_num = "10FFE0B"\n', 'serial_num = "10FFE0B"\nclock_offset_ms = -240000\nclock_drift_ppm = -2000\n' },
} }
local run = guest.commands(pair)
guest.run(console, "ticker")

local function host() return tonumber(io.popen("date +%s.%N"):read "l") end
local function seconds(year, month, day, hour, minute, second)
  return os.time { year = year, month = month, day = day, hour = hour, min = minute, sec = second } - os.time(os.date("!*t", 0))
end
-- How far clocks are ahead of the host's.
local function mobile_ahead()
  console:skip()
  console:run "date"
  local text = console:wait("(%d+%-%d+%-%d+ %d+:%d+:%d+%.%d+) UTC", 10)
  local now = host()
  local year, month, day, hour, minute, second = text:match "(%d+)-(%d+)-(%d+) (%d+):(%d+):([%d.]+)"
  return seconds(year, month, day, hour, minute, 0) + tonumber(second) - now
end
local months = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12 }
local function vios_ahead(frame, name)
  local text = run(("viosvrcmd -m %s -p %s -c date"):format(frame, name))
  local now = host()
  local month, day, hour, minute, second, year = text:match "%a+ (%a+) +(%d+) (%d+):(%d+):(%d+) UTC (%d+)"
  return seconds(year, months[month], day, hour, minute, second) - now
end
local function system_ahead(frame)
  local text = run(("lssyscfg -r sys -m %s -F sys_time"):format(frame))
  local now = host()
  local month, day, year, hour, minute, second = text:match "(%d+)/(%d+)/(%d+) (%d+):(%d+):(%d+)"
  return seconds(year, month, day, hour, minute, second) - now
end
-- Within what drifts in the time of this scenario, and what a busy host takes to answer.
local function check_about(is, wanted, what)
  check(math.abs(is - wanted) < 10, ("%s: %.1f s ahead of the host's, %d wanted"):format(what, is, wanted))
end

check_about(vios_ahead("frameA", "viosA"), 180, "the clock of frameA's server")
check_about(vios_ahead("frameB", "viosB"), -240, "the clock of frameB's")
check_about(system_ahead "frameA", 180, "sys_time of frameA")
check_about(system_ahead "frameB", -240, "sys_time of frameB")
check_about(mobile_ahead(), 180, "the partition's clock on frameA")

for _, way in ipairs { { "frameA", "frameB" }, { "frameB", "frameA" } } do
  guest.move(pair, way[1], way[2])
  guest.check_owner(pair, way[2], "Running")
  check_about(mobile_ahead(), 180, "the partition's clock on " .. way[2])
  guest.all_well(console, "ticker")  -- neither its time base nor its time of day has gone back
end

-- A partition's own time of day is its own.
console:run "date -s 1000000000"
check(math.abs(mobile_ahead() + host() - 1000000000) < 10, "the guest has set its clock")
check_about(system_ahead "frameA", 180, "that is not the system's")

-- viosA is the only time reference partition: what it sets is the system's, and nobody else's.
run [[viosvrcmd -m frameA -p viosA -c "chdate 0401123007"]]
check(math.abs(system_ahead "frameA" + host() - 1175430600) < 10, "the reference has set the system's clock")
check(math.abs(mobile_ahead() + host() - 1000000000) < 20, "the guest's is left alone")

-- It can be set while the partition runs, and then another one is the authority, or nobody.
run 'chsyscfg -r lpar -m frameA -i "name=viosA,time_ref=0"'
check_equal(run "lssyscfg -r lpar -m frameA -F name,time_ref", "viosA,0\nmobile,0\n", "nobody is a reference")
run [[viosvrcmd -m frameA -p viosA -c "chdate 0401123010"]]
check(math.abs(system_ahead "frameA" + host() - 1175430600) < 60, "who is none sets its own clock alone")

-- All this outlives the processes.
pair:kill "frameA"
pair:restart()
check(math.abs(system_ahead "frameA" + host() - 1175430600) < 120, "the system's time of day outlives its process")
run "chsysstate -m frameA -r lpar -o on -n mobile -f default"
console = guest.boot(pair)
check(math.abs(mobile_ahead() + host() - 1000000000) < 120, "so does the guest's")
