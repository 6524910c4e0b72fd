-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 6.1, appendix B, examples 6-1 and 6-2
-- teaches: reference codes of progress on both systems, error logs of movers and partition, the log of migrations
-- verdict: as in the book
-- simplified: nothing
-- Redbook 6.1 and appendix B: the codes of table B-1 in their order on both systems, and the entries of table B-3, with examples 6-1 and 6-2.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start()
local run = guest.commands(pair)

-- The codes that a partition has shown since the last call, oldest first.
local seen = {}
local function codes(frame)
  local all = {}
  for line in run("lsrefcode -r lpar -m " .. frame .. " --filter lpar_names=mobile -F refcode -n 60"):gmatch "([^\n]*)\n" do
    table.insert(all, 1, line)
  end
  local new = {}
  for at = (seen[frame] or 0) + 1, #all do
    if all[at] ~= "" then new[#new + 1] = all[at] end
  end
  seen[frame] = #all
  return table.concat(new, " ")
end
local function errlog(frame, vios)
  local labels = {}
  for label in pair:vios(frame, vios, "errlog -ls").output:gmatch "LABEL: +(%S+)" do table.insert(labels, 1, label) end
  pair:vios(frame, vios, "errlog -rm 0")
  return table.concat(labels, " ")
end
local function errpt()
  console:skip()
  local before = #console:text()
  console:run "errpt"
  console:wait("mobile# ", 10)
  local found = {}
  for identifier in console:text():sub(before + 1):gmatch "\n(%x%x%x%x%x%x%x%x) " do table.insert(found, 1, identifier) end
  return table.concat(found, " ")
end
local logging_on, started, done = "9DBCFDEE", "08917DC6", "A5E6DB96"

-- An active migration.
codes "frameA"
pair:fault("frameA", "slow-mover:20000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
wait_until("the migration suspends the partition", function() return codes("frameA"):find "2004" end, 30)
check_equal(task:wait(60).code, 0, "the partition moves")
pair:fault("frameA", "slow-mover:0")
check_equal(codes "frameB", "C2001040 C2001082 2004 C20010FF", "table B-1 on the destination")
check_equal(errlog("frameA", "viosA"), "MVR_FORCE_SUSPEND MVR_MIG_COMPLETED", "table B-3 on the source's mover")
check_equal(errlog("frameB", "viosB"), "MVR_MIG_COMPLETED", "and on the destination's")
check_equal(errpt(), logging_on .. " " .. started .. " " .. done, "example 6-1 in the partition")

local sent = run 'viosvrcmd -m frameA -p viosA -c "alog -o -t lpm"'
for _, line in ipairs { "migration started, source mover", "progress: %d+ bytes in %d+ records", "Client partition suspend issued",
  "the partition is suspended", "the partition is resumed", "Migration completed successfully", "statistics: sent %d+ bytes in %d+ records, [%d.]+ s, %d+ KiB/s",
  "statistics: suspended for %d+ us" } do
  check(sent:find(line), "the source mover's log has: " .. line .. (sent:find(line) and "" or "\n" .. sent))
end
check(run('viosvrcmd -m frameB -p viosB -c "alog -o -t lpm"'):find "statistics: received %d+ bytes", "and the destination's what has come")

-- One that is stopped.
pair:fault("frameB", "slow-mover:200000")
seen = {}
codes "frameB"
task = pair:start("migrlpar -o m -m frameB -t frameA -p mobile")
guest.wait_phase(pair, "passes", 30)
run "migrlpar -o s -m frameB -p mobile"
check_equal(task:wait(60).code, 1, "the migration is stopped")
pair:fault("frameB", "slow-mover:0")
check_equal(codes "frameB", "2004 D200AFFF", "the source shows that it was")
check_equal(errlog("frameA", "viosA"), "MVR_MIG_ABORTED", "so do both movers")
check_equal(errlog("frameB", "viosB"), "MVR_MIG_ABORTED", "with their label")
check(run('viosvrcmd -m frameB -p viosB -c "alog -o -t lpm"'):find "Migration aborted\n.-statistics: sent", "and in the log of migrations")

-- An inactive one.
run "chsysstate -m frameB -r lpar -o shutdown --immed -n mobile"
pair:wait_state("frameB", "mobile", "Not Activated")
guest.move(pair, "frameB", "frameA")
seen = {}
check(codes("frameA"):find "^C2001030 C20010FF", "table B-1 of an inactive migration")
check(not (errlog("frameA", "viosA") .. errlog("frameB", "viosB")):find "MVR_", "no mover has a part in it")
