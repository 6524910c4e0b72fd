-- SPDX-License-Identifier: GPL-2.0-or-later
-- The guest reserves its disk while its memory is on the way, after the validation has found nothing: the move is refused at the last
-- moment and rolled back, and the disk is still the guest's. Released, it moves.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "bank rate=50")
console:wait("bank: formatted", 20)

check_equal(pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").code, 0, "nothing stands against the move")
pair:fault("frameA", "slow-mover:4000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes")
console:run("run reserve")
console:wait("reserve: disk=0 reserved", 20)
pair:fault("frameA", "slow-mover:0")
local done = task:wait(60)
check_equal(done.code, 1, "the move fails")
check(done.output:find("HSCLF211", 1, true), "and says that the disk is reserved: " .. done.output)
check(done.output:find("HSCLF303", 1, true), "it is rolled back")
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)
guest.all_well(console, "bank")
local found = pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile")
check(found.code == 1 and found.output:find("HSCLF211", 1, true), "now the validation finds it, too: " .. found.output)

console:run("run reserve release")
console:wait("reserve: disk=0 released", 20)
guest.move(pair, "frameA", "frameB")
guest.all_well(console, "bank")
