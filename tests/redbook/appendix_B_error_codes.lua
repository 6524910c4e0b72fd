-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: appendix B, tables B-2 and B-3
-- teaches: which reference code a migration leaves that fails in a step, and what a server logs of a client that has failed
-- verdict: as in the book
-- simplified: nothing
-- Redbook appendix B, tables B-2 and B-3: a migration that fails leaves the code of what has failed, and then that it was canceled.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair = guest.start()
local run = guest.commands(pair)
local move = "migrlpar -o m -m frameA -t frameB -p mobile"

-- The codes that the partition has shown on the source since the last call, oldest first.
local seen = 0
local function codes()
  local all, new = {}, {}
  for code in run("lsrefcode -r lpar -m frameA --filter lpar_names=mobile -F refcode -n 120"):gmatch "([^\n]*)\n" do table.insert(all, 1, code) end
  for at = seen + 1, #all do
    if all[at] ~= "" then new[#new + 1] = all[at] end
  end
  seen = #all
  return table.concat(new, " ")
end
codes()

-- Table B-2, by the step that fails.
for _, each in ipairs {
  { "2", "B2001133", "the configuration cannot be locked" },
  { "3", "B2008160", "the destination does not get what the partition consists of" },
  { "4", "B2001132", "the movers do not get their stream" },
  { "5", "B2001130", "the operating system cannot be asked" },
  { "7", "B2001140", "the memory cannot be transferred" },
} do
  local step, code, what = table.unpack(each)
  pair:fault("hmc", ("answer:HSCLA29A step=%s count=1"):format(step))
  check_equal(pair:hmc(move).code, 1, what)
  local shown = codes()
  check(shown:find(code .. " D200AFFF", 1, true), ("%s is shown, and that it was canceled: %s"):format(code, shown))
  guest.check_owner(pair, "frameA", "Running")
end
run(move)   -- nothing is left of them
guest.wait_for_rmc(pair)
guest.move(pair, "frameB", "frameA")
guest.wait_for_rmc(pair)

-- B2001134: what was locked is not unlocked. Everything else is done, and a recovery does the rest.
pair:fault("hmc", "answer:HSCLA29A step=13.6 count=1")
local failed = pair:hmc(move)
check(failed.code == 1 and failed.output:find "HSCLF305", "the configuration is not unlocked: " .. failed.output)
local shown = run "lsrefcode -r lpar -m frameB --filter lpar_names=mobile -F refcode -n 20"
check(shown:find "B2001134", "B2001134 is shown where the partition is: " .. shown)
run "migrlpar -o r -m frameA -p mobile"
guest.check_owner(pair, "frameB", "Running")
guest.wait_for_rmc(pair)
guest.move(pair, "frameB", "frameA")
guest.wait_for_rmc(pair)

-- Table B-3: a client whose power is cut.
pair:vios("frameA", "viosA", "errlog -rm 0")
run "chsysstate -r lpar -m frameA -o shutdown --immed -n mobile"
pair:wait_state("frameA", "mobile", "Not Activated", 30)
check(pair:vios("frameA", "viosA", "errlog -ls").output:find "LABEL: +CLIENT_FAILURE", "its server logs that its client has failed")
