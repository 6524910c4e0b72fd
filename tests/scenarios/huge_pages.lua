-- SPDX-License-Identifier: GPL-2.0-or-later
-- Huge pages: a partition takes them out of its system's pool, its guest uses them, and so it moves only while it is off, to a system
-- whose pool has so many. The pool of the other system is asked for, and is there after its next power-on.
local guest = require "lib.guest"

local file = lab.variant {
  { 'serial_num = "10DD4AC"\nmemory_mb = 4096', 'serial_num = "10DD4AC"\nmemory_mb = 36864\nhuge_pages = 1' },
  { 'serial_num = "10FFE0B"\nmemory_mb = 4096', 'serial_num = "10FFE0B"\nmemory_mb = 36864' },
  { "  desired_mem = 256\n", "  desired_mem = 256\n  min_num_huge_pages = 1\n  desired_num_huge_pages = 1\n" },
}
local pair, console = guest.start { file = file }

local run = guest.commands(pair)
local function pool(frame)
  return run("lshwres -r mem -m " .. frame .. " --level sys -F requested_num_sys_huge_pages,configurable_num_sys_huge_pages,curr_avail_num_sys_huge_pages")
end
local function use(of)
  of:skip()
  of:run("run hugepage")
  check_equal(of:wait("hugepage: pages=1 size=16GB bad=0 verdict=(%u+)", 60), "OK", "the guest finds in its huge page what it wrote there")
end

check_equal(pool("frameA"), "1,1,0\n", "the partition has the only huge page")
use(console)
use(console)

local refused = run("migrlpar -o v -m frameA -t frameB -p mobile", 1)
check(refused:find("HSCLF218", 1, true), "it cannot move while it runs: " .. refused)
run "chsysstate -m frameA -r lpar -o shutdown -n mobile --immed"
pair:wait_state("frameA", "mobile", "Not Activated")
check_equal(pool("frameA"), "1,1,1\n", "the page is free when the partition is off")

check_equal(pool("frameB"), "0,0,0\n", "the other system has no pool")
refused = run("migrlpar -o m -m frameA -t frameB -p mobile", 1)
check(refused:find("HSCLF22E", 1, true), "and so the partition does not move there: " .. refused)
run "chhwres -r mem -m frameB -o s -a requested_num_sys_huge_pages=1"
check_equal(pool("frameB"), "1,0,0\n", "a pool is asked for, and not there yet")
run("migrlpar -o m -m frameA -t frameB -p mobile", 1)
pair:kill("frameB")
pair:restart()
check_equal(pool("frameB"), "1,1,1\n", "after a power-on it is")
guest.wait_for_rmc(pair)

guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Not Activated")
guest.check_clean(pair)
run "chsysstate -m frameB -r lpar -o on -n mobile"
console = guest.boot(pair, "frameB")
check_equal(pool("frameB"), "1,1,0\n", "the partition has the page of the other system")
use(console)
