-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.7, 5.7; 2.5.2, the time of day; table B-2, B2001151
-- teaches: what a Debian guest has bound, put into a cpuset, pinned and accounted stays so over migrations there and back, and its time of day stays right between systems whose clocks differ; and the reference code of one that gives up in a migration
-- verdict: as in the book
-- simplified: nothing
-- Redbook 2.7 and 5.7, in Linux: a program that is bound to a processor, memory that is pinned, and what the kernel accounts, over migrations there and back.
-- The clocks of the two systems are seven minutes apart; the time of day does not notice. (2.5.2)
local scenarios = debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/"
package.path = scenarios .. "?.lua;" .. package.path
local guest = require "lib.guest"
local linux = require "lib.linux"

local pair, console = linux.boot {
  { 'serial_num = "10DD4AC"\n', 'serial_num = "10DD4AC"\nclock_offset_ms = 180000\n' },
  { 'serial_num = "10FFE0B"\n', 'serial_num = "10FFE0B"\nclock_offset_ms = -240000\n' },
}
linux.run(console, "chmod -x /usr/sbin/drmgr")   -- it waits for 5 s in each migration; the agent then uses the kernel's file itself
local judges = { "bound", "accounts", "clock", "locked", "confined" }
linux.start(console, table.unpack(judges))

-- How far its clock is ahead of this machine's.
local function ahead() return tonumber(linux.run(console, "date +%s"):match "%d+") - os.time() end
local function check_ahead(where) check(math.abs(ahead() - 180) < 20, ("its time of day is that of frameA %s: %d s ahead"):format(where, ahead())) end
check_ahead "when it has booted there"

for _, way in ipairs { { "frameA", "frameB" }, { "frameB", "frameA" } } do
  local moved = linux.migrate(pair, way[1], way[2])
  check_equal(moved.code, 0, "it moves to " .. way[2] .. (moved.code == 0 and "" or ": " .. moved.output))
  local said = linux.all_well(console, table.unpack(judges))
  check_equal(said.bound.processor, 1, "the program stays on its processor")
  check_equal(said.confined.processor, 1, "the program stays in its cpuset")
  check(said.locked.locked_kib >= 8192, "memory stays pinned")
  check_ahead("on " .. way[2])
  guest.wait_for_rmc(pair)
end
linux.check_owner(pair, "frameA")
linux.check_kernel_log(console)

-- Table B-2: it gives up, and would be dumped, while it migrates. What it shows at last is its own code.
pair:fault("frameA", "slow-mover:2000000")
local task = pair:start "migrlpar -o m -m frameA -t frameB -p linux"
guest.wait_phase(pair, "passes", 60)
console:run "echo c >/proc/sysrq-trigger"
check_equal(task:wait(120).code, 1, "a kernel that gives up ends its migration")
pair:wait_state("frameA", "linux", "Error", 60)
local codes = pair:hmc("lsrefcode -r lpar -m frameA --filter lpar_names=linux -F refcode -n 10").output
check(codes:find "^B700F104" and codes:find "B2001151", "the code of a dump in a migration, and its own: " .. codes:gsub("\n", " "))
