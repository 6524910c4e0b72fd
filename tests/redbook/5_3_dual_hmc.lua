-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.3
-- teaches: two consoles see the same; the one that migrates locks both systems; several migrations between them belong to one console; its lock is broken by hand
-- verdict: as in the book
-- simplified: nothing
-- Redbook 5.3: two consoles for the same systems, and migrations between these.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local second = [==[

  [[frame.partition]]
  name = "other"
  id = 4
  ip_address = "10.0.2.16"
  desired_mem = 64
  disks = ["other_root"]
  vlans = [1]
  boot_image = "nomad"
  boot_arguments = "ip=10.0.2.16"
  auto_start = true
]==]
local luns, all_luns = 'luns = ["mobile_root"]', 'luns = ["mobile_root", "other_root"]'
local pair, console = guest.start { file = lab.variant {
  { '[[hmc]]\nversion = "V7R3.2"', '[[hmc]]\nname = "hmc1"\nversion = "V7R3.2"\n\n[[hmc]]\nname = "hmc2"\nversion = "V7R3.2"' },
  { "[[segment]]", '[[lun]]\nname = "other_root"\nsize_mb = 64\n\n[[segment]]' }, { luns, all_luns }, { luns, all_luns },
  { "  auto_start = true\n", "  auto_start = true\n" .. second },
} }
pair:console("frameA", "other"):wait("other# ", 60)
guest.wait_for_rmc(pair)
guest.run(console, "ticker")
local function run(line, where)
  local done = pair:hmc(line, where)
  check_equal(done.code, 0, where .. ": " .. line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function refused(line, where, with)
  local done = pair:hmc(line, where)
  check(done.code == 1 and done.output:find(with, 1, true), where .. " does not carry out " .. line .. ": " .. done.output)
end

-- The same status, and the same rights.
for _, line in ipairs { "lssyscfg -r sys -F name,state", "lssyscfg -r lpar -m frameA -F name,state,rmc_state", "lslparmigr -r sys -m frameB" } do
  check_equal(run(line, "hmc2"), run(line, "hmc1"), "both list the same")
end
for i, where in ipairs { "hmc1", "hmc2" } do run("chsyscfg -r lpar -m frameA -i name=mobile,description=" .. i, where) end

-- The console that migrates has both systems for itself.
pair:fault("frameA", "slow-mover:3000000")
local first = pair:start("migrlpar -o m -m frameA -t frameB -p mobile", "hmc1")
guest.wait_phase(pair, "passes", 30)
check_equal(run("lslparmigr -r lpar -m frameA --filter lpar_names=mobile -F migration_state", "hmc2"), "Migration Starting\n", "the other one shows the migration")
for _, frame in ipairs { "frameA", "frameB" } do
  refused(("mksyscfg -r lpar -m %s -i name=new,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64"):format(frame), "hmc2", "is locked by the console hmc1")
end
refused("migrlpar -o m -m frameA -t frameB -p other", "hmc2", "is locked by the console hmc1")   -- a second migration
refused("migrlpar -o s -m frameA -p mobile", "hmc2", "HSCL")
local second_move = pair:start("migrlpar -o m -m frameA -t frameB -p other", "hmc1")               -- is begun where the first one was
wait_until("both go on", function() return pair:hmc("lslparmigr -r sys -m frameA -F num_active_migrations_in_progress", "hmc2").output == "2\n" end, 30)
pair:fault("frameA", "slow-mover:0")
for _, task in ipairs { first, second_move } do
  local moved = task:wait(60)
  check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
end
check_equal(run("lslock", "hmc2"), "No results were found.\n", "the locks are released with the last one")
run('chsyscfg -r lpar -m frameB -i name=mobile,description=free', "hmc2")

-- A lock that nobody gives back is broken by hand, and the migration recovered from the other console.
guest.wait_for_rmc(pair)
pair:fault("frameB", "slow-mover:3000000")
pair:start("migrlpar -o m -m frameB -t frameA -p mobile", "hmc1")
guest.wait_phase(pair, "passes", 30)
pair:kill "hmc"
refused("chsyscfg -r lpar -m frameB -i name=mobile,description=other", "hmc2", "is locked by the console hmc1")
for _, frame in ipairs { "frameA", "frameB" } do run("rmlock -m " .. frame, "hmc2") end
run("migrlpar -o r -m frameB -p mobile --force", "hmc2")
local found = {}
for frame, state in pairs(pair:where "mobile") do found[#found + 1] = frame .. " " .. state end
check_equal(found, { "frameB Running" }, "it runs where it was")
guest.all_well(console, "ticker")
