-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 3.1, 3.4, 3.5.1, figures 3-4 to 3-6
-- teaches: which levels of console, firmware and Virtual I/O Server a migration needs, how each is looked up, and how it is updated
-- verdict: as in the book
-- simplified: corrective service, firmware and fix packs are named, and have no content
-- Redbook 3.1, 3.4 and 3.5.1: a console of 7.3.1, firmware before eFW3.2 and servers of 1.4 are brought to the levels that are needed.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
local guest = dofile(here .. "../scenarios/lib/guest.lua")
local host = dofile(here .. "../scenarios/lib/host.lua")

local old_server = '\n  level = "1.4.1.0"\n  updates = "fixes"'
local file = lab.variant {
  { 'version = "V7R3.2"', 'version = "V7R3.1"' },
  { 'serial_num = "10FFE0B"', 'serial_num = "10FFE0B"\nfirmware = "01EM310_048"' },
  { 'ip_address = "10.0.2.11"', 'ip_address = "10.0.2.11"' .. old_server },
  { 'ip_address = "10.0.2.12"', 'ip_address = "10.0.2.12"' .. old_server },
}
local folder = file:match("^(.*)/") .. "/fixes"
host("mkdir -p " .. folder .. "/fp15")
local function write(name, text)
  local written <close> = assert(io.open(folder .. "/" .. name, "w"))
  written:write(text)
  return folder .. "/" .. name
end
write("fp15/ios.level", "1.5.0.0\n")
local pair = guest.start { file = file }
local run, refused = guest.commands(pair)
local move = "-m frameA -t frameB -p mobile"
local function in_the_way(code, yes)
  local found = pair:hmc("migrlpar -o v " .. move).output
  check((found:find(code, 1, true) ~= nil) == yes, (yes and "it says " or "it says no more ") .. code)
end

-- 3.1: each of them is looked up, and a validation names all of them.
check(run("lshmc -V"):find("Release: 3", 1, true) and run("lshmc -V"):find("V7R3.1", 1, true), "figure 3-4: the console is an early one")
check_equal(run "lslic -m frameB -t sys -F ecnumber,activated_level", "01EM310,48\n", "the destination's firmware is older than eFW3.2")
check_equal(run "lssyscfg -r sys -m frameB -F active_lpar_mobility_capable,inactive_lpar_mobility_capable", "0,0\n", "which is not capable of mobility")
check_equal(pair:vios("frameA", "viosA", "ioslevel").output, "1.4.1.0\n", "3.5.1: the servers are older than 1.5")
for _, code in ipairs { "HSCLF234", "HSCLF201", "HSCLF203", "HSCLF233" } do in_the_way(code, true) end
refused("migrlpar -o m " .. move, "HSCLF234")

-- 3.4, figures 3-5 and 3-6: the console.
run("updhmc -t disk -f " .. write("V7R3.2", "V7R3.2\n") .. " -r")
wait_until("the console answers", function() return pair:hmc("lssyscfg -r sys -m frameB -F state").output == "Operating\n" end, 60)
in_the_way("HSCLF234", false)
-- 3.1: "Upgrade Licensed Internal Code to a new release".
run "updlic -o u -m frameB -t sys -l 01EM320_031 -r disk"
in_the_way("HSCLF201", false)
-- 3.5.1: the servers, the destination's first; the other is still in the way.
for frame, server in pairs { frameB = "viosB", frameA = "viosA" } do
  wait_until(server .. " answers", function() return pair:vios(frame, server, "ioslevel").code == 0 end, 60)
  check_equal(pair:vios(frame, server, "updateios -dev /mnt/fp15 -install -accept").code, 0, server .. " is updated")
  check_equal(pair:vios(frame, server, "ioslevel").output, "1.5.0.0\n", "to 1.5")
end
in_the_way("HSCLF233", false)
guest.wait_for_rmc(pair)
run("migrlpar -o v " .. move)
guest.move(pair, "frameA", "frameB")
