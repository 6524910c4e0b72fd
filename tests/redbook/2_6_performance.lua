-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.6
-- teaches: changed pages are sent again; a network's speed counts; the partition runs on the destination before all pages are there, and fetches what it needs
-- verdict: as in the book
-- simplified: nothing
-- Redbook 2.6: what a migration's time depends on, and pages that are fetched on demand.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start()
guest.run(console, "ticker")
local function sent(from, to)
  guest.wait_for_rmc(pair)
  guest.move(pair, from, to)
  return guest.last_move(pair).source
end

-- Pages that are written meanwhile are sent again: what counts is how much is written, not how much memory there is.
local quiet = sent("frameA", "frameB")
guest.run(console, "churn set=32 rate=0")
guest.wait_for_work(console, "churn", "passes", 1)
local busy = sent("frameB", "frameA")
check(busy.bytes_sent > quiet.bytes_sent, ("who writes more has more sent: %d and %d bytes"):format(quiet.bytes_sent, busy.bytes_sent))
check(#busy.passes >= 2 and busy.passes[2].pages > 0, ("in %d passes, the first of %d pages, the second of %d"):format(#busy.passes, busy.passes[1].pages, busy.passes[2].pages))

-- The speed of the network.
pair:fault("frameA", "slow-mover:40000000")
local slow = sent("frameA", "frameB")
local first = slow.passes[1]
check(first.ms >= 0.8 * first.bytes / 40000, ("over a network of 40 MB/s the first pass of %.0f MB takes %.0f ms"):format(first.bytes / 1e6, first.ms))
pair:fault("frameA", "slow-mover:0")

-- It runs on the destination before all of its pages are there: what it needs of those it fetches, the rest follows.
pair:fault("frameA", "slow-pages:8000000")
sent("frameB", "frameA")
local arrived = guest.last_move(pair).target
check(arrived.residual_pages > 0, ("%d of its pages are still on the source when it runs"):format(arrived.residual_pages))
check(arrived.resumed_at_ms < arrived.completed_at_ms, ("the last one comes %.0f ms later"):format(arrived.completed_at_ms - arrived.resumed_at_ms))
check(arrived.demand_paged > 0, ("%d were fetched because they were needed"):format(arrived.demand_paged))
guest.all_well(console, "ticker", "churn")
guest.check_owner(pair, "frameA", "Running")
