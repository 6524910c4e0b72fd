-- SPDX-License-Identifier: GPL-2.0-or-later
-- The link between the movers breaks: during the passes the partition stays, during demand paging it goes on.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "ticker", "bank rate=20", "churn set=64 rate=0")
console:wait("bank: formatted", 20)

pair:fault("frameA", "slow-mover:20000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
local stream = guest.wait_phase(pair, "passes").stream
wait_until("8 MiB are sent", function() return pair:stream("frameA", stream).bytes_sent >= 8 << 20 end)
check_equal(pair:stream("frameA", stream).phase, "passes", "a part of the memory has been sent")
pair:fault("frameA", "cut-mover-link")
local cut = task:wait(120)
check_equal(cut.code, 1, "a link that breaks during the passes fails the move")
check(cut.output:find("HSCL"), "with a code and a reason")
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)
pair:fault("frameA", "restore-mover-link")
pair:fault("frameA", "slow-mover:0")
guest.all_well(console, "ticker", "bank", "churn")

-- A guest that dirties memory faster than the link carries it has pages left when it is resumed.
pair:fault("frameA", "slow-mover:30000000")
pair:fault("frameB", "slow-pages:1000000")
task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "resumed", 120)
pair:fault("frameA", "cut-mover-link")
check(not task:done(), "with pages that have not been taken, the move is not done")
guest.all_well(console, "ticker", "bank", "churn")
pair:fault("frameB", "slow-pages:0")
local done = task:wait(120)
check_equal(done.code, 0, "the link stays cut, and the move completes" .. (done.code == 0 and "" or ": " .. done.output))
pair:fault("frameA", "restore-mover-link")
pair:fault("frameA", "slow-mover:0")
local move = guest.last_move(pair)
check(move.target.residual_pages > 0 and move.target.demand_paged > 0, "and pages were missing")
guest.check_owner(pair, "frameB", "Running")
guest.all_well(console, "ticker", "bank", "churn")
