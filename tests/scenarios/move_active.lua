-- SPDX-License-Identifier: GPL-2.0-or-later
-- A running partition moves there and back under load, and notices nothing but a pause; from outside it is a pause of milliseconds.
local guest = require "lib.guest"

local pair, console = guest.start()
console:run("run ticker &")
local address = tonumber((console:wait("ticker: counter at real (0x%x+)")))
guest.run(console, "bank rate=50", "churn set=16 rate=2000", "registers")
console:wait("bank: formatted", 20)
guest.wait_for_work(console, "bank", "transactions", 20)
guest.wait_for_work(console, "churn", "pages", 1000)
guest.all_well(console, "ticker", "bank", "churn", "registers")

local pinger = pair:pinger("10.0.2.15", 100)
local watch = pair:watch("frameA", "mobile", address)
local frames = { "frameA", "frameB" }
for round = 1, 2 do
  local from, to = frames[round], frames[3 - round]
  watch:begin()
  guest.move(pair, from, to)
  guest.check_owner(pair, to, "Running")
  local window = watch:window_ms(from, to)
  local move = guest.last_move(pair)
  say(("  %d passes, %.1f MiB sent, %d pages fetched on demand, suspend window seen from outside %.2f ms"):format(
    #move.source.passes, move.source.bytes_sent / 1048576, move.target.demand_paged, window))
  check(window < 2000, ("the suspend window is %.2f ms"):format(window))
  local verdicts = guest.all_well(console, "ticker", "bank", "churn", "registers")
  check_equal(verdicts.bank.lost, 0, "no transaction is lost")
  check_equal(verdicts.ticker.tod_backwards, 0, "the time of day never goes backwards")
  guest.check_clean(pair)
  guest.wait_for_rmc(pair)
end
local pings = pinger:stop()
say(("  %d pings, %d lost, longest time between two answers %.1f ms"):format(pings.sent, pings.lost, pings.longest_gap_ms))
check(pings.lost <= 1, "at most one ping is lost")

local log = (console:skip() or console:run("errpt") or console:wait("IDENTIFIER(.-)mobile# "))
check(log:find("CLIENT_PMIG") or log:find("08917DC6") or log:find("[Mm]igration"), "the guest's error log tells of the migration")
for _, place in ipairs { { "frameA", "viosA" }, { "frameB", "viosB" } } do
  check(pair:vios(place[1], place[2], "errlog").output:find("[Mm]igration"), place[2] .. "'s error log tells of it too")
end
