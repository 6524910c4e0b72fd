-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 1.6.1, figure 1-4
-- teaches: a system is emptied before a power outage: the database goes to one system, the web server to another, the test partition is shut down
-- verdict: as in the book
-- simplified: nothing
-- Redbook 1.6.1, figure 1-4: a system has to be powered off. The database moves to a second one, the web application to a third; the test
-- partition is not vital, and is shut down.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local function partition(name, id)
  return ('\n  [[frame.partition]]\n  name = "%s"\n  id = %d\n  ip_address = "10.0.2.2%d"\n  desired_mem = 64\n  disks = ["%s_root"]\n  vlans = [1]\n' ..
    '  boot_image = "nomad"\n  boot_arguments = "ip=10.0.2.2%d"\n  auto_start = true\n'):format(name, id, id, name, id)
end
local function lun(name) return ('[[lun]]\nname = "%s_root"\nsize_mb = 64\n\n'):format(name) end
local luns, all_luns = 'luns = ["mobile_root"]', 'luns = ["mobile_root", "web_root", "test_root"]'
local pair = lab.up { file = lab.variant {
  { 'name = "mobile"\n', 'name = "database"\n' },
  { "[[segment]]", lun "web" .. lun "test" .. "[[segment]]" },
  { luns, all_luns },
  { "  auto_start = true\n", "  auto_start = true\n" .. partition("web", 4) .. partition("test", 5) },
  { '  ' .. luns .. '\n  segments = ["lan0"]\n', '  ' .. all_luns .. '\n  segments = ["lan0"]\n\n[[frame]]\nname = "frameC"\nlmb_mb = 16\n\n' ..
    '  [[frame.vios]]\n  name = "viosC"\n  id = 1\n  ip_address = "10.0.2.13"\n  ' .. all_luns .. '\n  segments = ["lan0"]\n' },
} }
local run = guest.commands(pair)
local consoles = {}
for _, name in ipairs { "database", "web", "test" } do
  consoles[name] = pair:console("frameA", name)
  consoles[name]:wait(name .. "# ", 60)
end
wait_until("RMC is active everywhere", function()
  local states = ""
  for _, frame in ipairs { "frameA", "frameB", "frameC" } do states = states .. run("lssyscfg -r lpar -m " .. frame .. " -F rmc_state") end
  return not states:find("none", 1, true), states
end, 60)
guest.run(consoles.database, "bank rate=50", "ticker")
consoles.database:wait("bank: formatted", 20)
guest.run(consoles.web, "ticker")
local database, web = pair:pinger("10.0.2.15", 20), pair:pinger("10.0.2.24", 20)
local function listed(frame) return run("lssyscfg -r lpar -m " .. frame .. " -F name,state") end

local to_b = pair:start "migrlpar -o m -m frameA -t frameB -p database"
local to_c = pair:start "migrlpar -o m -m frameA -t frameC -p web"
run "chsysstate -r lpar -m frameA -o osshutdown -n test"
for _, each in ipairs { to_b, to_c } do
  local done = each:wait(60)
  check_equal(done.code, 0, "it moves" .. (done.code == 0 and "" or ": " .. done.output))
end
pair:wait_state("frameA", "test", "Not Activated", 30)
check_equal(listed "frameB", "viosB,Running\ndatabase,Running\n", "the database runs on system B")
check_equal(listed "frameC", "viosC,Running\nweb,Running\n", "the web application on system C")
check_equal(listed "frameA", "viosA,Running\ntest,Not Activated\n", "system A has nothing left that is vital")

run "chsysstate -r lpar -m frameA -o osshutdown -n viosA"
pair:wait_state("frameA", "viosA", "Not Activated", 30)
run "chsysstate -r sys -m frameA -o off"
check_equal(run "lssyscfg -r sys -F name,state", "frameA,Power Off\nframeB,Operating\nframeC,Operating\n", "its power is cut")
guest.all_well(consoles.database, "bank", "ticker")
guest.all_well(consoles.web, "ticker")
for name, pinger in pairs { database = database, web = web } do check(pinger:stop().lost <= 2, "the network has hardly missed " .. name) end
