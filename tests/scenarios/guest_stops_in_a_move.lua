-- SPDX-License-Identifier: GPL-2.0-or-later
-- A guest that shuts down or restarts while its memory is on the way: the move is rolled back, and then all is as without a move. Off with
-- the reference code of a partition that is off, or up again where it was.
local guest = require "lib.guest"

local pair, console = guest.start()
local function code() return pair:hmc("lsrefcode -r lpar -m frameA --filter lpar_names=mobile -F refcode").output end
local function codes() return pair:hmc("lsrefcode -r lpar -m frameA --filter lpar_names=mobile -F refcode -n 20").output end
local running = code()

console:run("shutdown")
pair:wait_state("frameA", "mobile", "Not Activated", 30)
local off = wait_until("it has a reference code", function() return code() ~= running and code() end, 10)
check_equal(pair:hmc("chsysstate -m frameA -r lpar -o on -n mobile").code, 0, "it is activated again")
guest.boot(pair)
guest.wait_for_rmc(pair)

local function move_until_passes()
  pair:fault("frameA", "slow-mover:4000000")
  local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
  guest.wait_phase(pair, "passes")
  return task
end

local task = move_until_passes()
console:run("shutdown")
check_equal(task:wait(60).code, 1, "a guest that shuts down ends its move")
pair:wait_state("frameA", "mobile", "Not Activated", 30)
check(codes():find("D200AFFF", 1, true), "the move has shown that it was stopped")
check_equal(code(), off, "and then the partition is off as without a move")
guest.check_owner(pair, "frameA", "Not Activated")
guest.check_clean(pair)

check_equal(pair:hmc("chsysstate -m frameA -r lpar -o on -n mobile").code, 0, "it is activated again")
guest.boot(pair)
guest.wait_for_rmc(pair)
check_equal(code(), running, "and shows what a running partition shows")
task = move_until_passes()
console:run("reboot")
check_equal(task:wait(60).code, 1, "a guest that restarts ends its move")
pair:wait_state("frameA", "mobile", "Running", 30)
guest.wait_for_rmc(pair)
check(true, "it is up again, and answers")
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)
check_equal(code(), running, "and shows what a running partition shows")
pair:fault("frameA", "slow-mover:0")
guest.move(pair, "frameA", "frameB")
