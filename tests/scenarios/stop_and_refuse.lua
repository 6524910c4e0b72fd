-- SPDX-License-Identifier: GPL-2.0-or-later
-- The guest may refuse in its check and in its prepare phase, and the operator may stop a move: it goes on where it was.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "ticker", "bank rate=20")
console:wait("bank: formatted", 20)

-- How often the movers have logged MVR_MIG_ABORTED, and the source has shown that a migration was stopped. (Redbook, appendix B)
local function marks()
  local aborted = 0
  for frame, vios in pairs { frameA = "viosA", frameB = "viosB" } do
    aborted = aborted + select(2, pair:vios(frame, vios, "errlog").output:gsub("427E17BD", ""))
  end
  local shown = pair:hmc("lsrefcode -r lpar -m frameA --filter lpar_names=mobile -F refcode -n 60").output
  return { aborted, (select(2, shown:gsub("D200AFFF", ""))) }
end

console:run("refuse check")
console:wait("refuse: check")
local refused = pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile")
check_equal(refused.code, 1, "a guest that refuses in the check phase fails the validation")
check(refused.output:find("HSCL"), "with a code")
check_equal(guest.migrate(pair, "frameA", "frameB").code, 1, "and the move")
guest.check_owner(pair, "frameA", "Running")

console:run("refuse pre")
console:wait("refuse: pre")
refused = guest.migrate(pair, "frameA", "frameB")
check_equal(refused.code, 1, "a guest that refuses in the prepare phase fails the move")
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)
check_equal(marks(), { 2, 1 }, "both movers and the source say that it was stopped")
console:run("refuse off")
console:wait("refuse: off")

-- Slow enough to be stopped while its memory is on the way.
pair:fault("frameA", "slow-mover:4000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes")
local shown = pair:hmc("lslparmigr -r lpar -m frameA --filter lpar_names=mobile")
check(shown.output:find("migration_state=Migration"), "another terminal sees the migration: " .. shown.output)
local stopped = pair:hmc("migrlpar -o s -m frameA -p mobile")
check_equal(stopped.code, 0, "it can be stopped" .. (stopped.code == 0 and "" or ": " .. stopped.output))
check_equal(task:wait(60).code, 1, "and the command that had begun it says so")
check_equal(marks(), { 4, 2 }, "both movers and the source say that it was stopped, again")
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)
check_equal(pair:hmc("migrlpar -o s -m frameA -p mobile").code, 1, "when none goes on, there is nothing to stop")

pair:fault("frameA", "slow-mover:0")
guest.all_well(console, "ticker", "bank")
guest.move(pair, "frameA", "frameB")
guest.all_well(console, "ticker", "bank")
