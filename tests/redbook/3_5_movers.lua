-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 3.5, 3.5.2, 3.5.3, figures 3-7 and 3-8; table 3-1
-- teaches: a mover service partition has the attribute and a VASI device, set while it runs; without either a partition moves only while it is off
-- verdict: as in the book
-- simplified: nothing
-- Redbook 3.5.2 and 3.5.3: movers are made of Virtual I/O Servers that run.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local none = "\n  msp = false\n  vasi = false\n"
local pair, console = guest.start { file = lab.variant {
  { 'ip_address = "10.0.2.11"\n', 'ip_address = "10.0.2.11"' .. none },
  { 'ip_address = "10.0.2.12"\n', 'ip_address = "10.0.2.12"' .. none },
} }
local run, refused = guest.commands(pair)
local move = "migrlpar -o v -m frameA -t frameB -p mobile"
local function vios(frame, line)
  local done = pair:vios(frame, "vios" .. frame:sub(-1), line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
guest.run(console, "ticker")

-- Neither the attribute nor a device.
check_equal(run "lssyscfg -r lpar -m frameA --filter lpar_names=viosA -F msp", "0\n", "it is no mover service partition")
check(not vios("frameA", "lsdev -virtual"):find("vasi", 1, true), "and has no VASI device")
refused(move, "HSCLF203")

-- 3.5.2: the attribute alone is not enough.
for _, frame in ipairs { "frameA", "frameB" } do run(("chsyscfg -r lpar -m %s -i name=vios%s,msp=1"):format(frame, frame:sub(-1))) end
refused(move, "HSCLF203")
check_equal(run "lslparmigr -r msp -m frameA -t frameB --filter lpar_names=mobile", "No results were found.\n", "there are no movers")

-- Table 3-1, note 1: an inactive migration needs neither.
run "chsysstate -r lpar -m frameA -o shutdown -n mobile --immed"
pair:wait_state("frameA", "mobile", "Not Activated")
run "migrlpar -o m -m frameA -t frameB -p mobile"
guest.check_owner(pair, "frameB", "Not Activated")
run "migrlpar -o m -m frameB -t frameA -p mobile"
run "chsysstate -r lpar -m frameA -o on -n mobile -f default"
console = guest.boot(pair)
guest.wait_for_rmc(pair)

-- 3.5.3: a VASI, added while the server runs, and in its profile for the next start; cfgdev makes a device of it.
for _, frame in ipairs { "frameA", "frameB" } do
  run(("chhwres -r virtualio -m %s -p vios%s -o a --rsubtype vasi -s 30"):format(frame, frame:sub(-1)))
  refused(move, "HSCLF203")
  vios(frame, "cfgdev")
  check(vios(frame, "lsdev -virtual"):find("vasi0 +Available"), "the device is there")
end
check_equal(run 'lslparmigr -r msp -m frameA -t frameB --filter lpar_names=mobile -F source_msp_name', "viosA\n", "the servers are movers")
run(move)
guest.run(console, "ticker")
guest.move(pair, "frameA", "frameB")

-- The attribute is taken while nothing moves: the partition stays where it is, unless it is off.
run "chsyscfg -r lpar -m frameA -i name=viosA,msp=0"
guest.wait_for_rmc(pair)
refused("migrlpar -o v -m frameB -t frameA -p mobile", "HSCLF203")
