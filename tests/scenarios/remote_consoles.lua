-- SPDX-License-Identifier: GPL-2.0-or-later
-- Each of two servers has a console of its own. A partition moves from one console's server to the other's (migrlpar --ip), and back; keys
-- let the consoles in to each other; whichever of the two dies in the middle, the partition has one owner, and recovery is a command.
local guest = require "lib.guest"

local pair, console = lab.up { file = lab.variant { guest.two_consoles } }
console = guest.boot(pair)
guest.run(console, "ticker", "churn set=64 rate=0")
local address = {}
for _, each in ipairs(pair:status().consoles) do address[each.console] = each end

local function hmc(where, line) return pair:hmc(line, where) end
local function run(where, line)
  local done = hmc(where, line)
  check_equal(done.code, 0, where .. ": " .. line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function refused(where, line, code)
  local done = hmc(where, line)
  check_equal(done.code, 1, where .. " does not carry out " .. line)
  check(done.output:find(code, 1, true), ("it says %s: %s"):format(code, done.output))
end
local function wait_for_rmc(where, frame)
  wait_until("RMC is active at " .. where, function()
    local listed = hmc(where, "lssyscfg -r lpar -m " .. frame .. " -F name,state,rmc_state").output
    for name, state, rmc in listed:gmatch("([^,\n]+),([^,\n]+),([^,\n]+)") do
      if state == "Running" and rmc ~= "active" then return false, name .. " is " .. rmc end
    end
    return true
  end, 60)
end
wait_for_rmc("hmc1", "frameA")
wait_for_rmc("hmc2", "frameB")

-- Each knows its own.
check_equal(run("hmc1", "lssyscfg -r sys -F name"), "frameA\n", "hmc1 manages frameA, and no other")
check_equal(run("hmc2", "lssyscfg -r sys -F name"), "frameB\n", "hmc2 manages frameB, and no other")
check_equal(run("hmc1", "lslparmigr -r manager -F remote_lpar_mobility_capable"), "1\n", "migrations to another console's systems are possible")
refused("hmc1", "migrlpar -o v -m frameA -t frameB -p mobile", "HSCL8018")

-- Keys.
local to_2, to_1 = "--ip " .. address.hmc2.address, "--ip " .. address.hmc1.address
local function secret(name) return io.open(address[name].password_file):read("l") end
refused("hmc1", "mkauthkeys " .. to_2 .. " --test", "HSCL3653")
refused("hmc1", "migrlpar -o v -m frameA -t frameB -p mobile " .. to_2, "HSCL3653")
refused("hmc1", "mkauthkeys --ip 127.99.99.99 --test", "HSCL3653")
refused("hmc1", "mkauthkeys --ip 127.99.99.99 --passwd wrong", "HSCLF312")
refused("hmc1", "mkauthkeys " .. to_2 .. " -u hscroot --passwd wrong", "HSCLF05A")
refused("hmc1", "mkauthkeys " .. to_2 .. " -u nobody --passwd wrong", "HSCLF05A")
run("hmc1", "mkauthkeys " .. to_2 .. " -u hscroot -g --passwd " .. secret("hmc2"))
check_equal(run("hmc1", "mkauthkeys " .. to_2 .. " -u hscroot --test"), "", "hmc2 lets hmc1 in")
check_equal(run("hmc2", "mkauthkeys " .. to_1 .. " -u hscroot --test"), "", "with -g in the other direction, too")
check(not run("hmc1", "lssvcevents -t console"):find(secret("hmc2"), 1, true), "no password is in the list of events")
-- Who may not migrate there, may not from here either.
run("hmc2", "mkhmcusr -u looker -a hmcviewer --passwd looker123")
run("hmc1", "mkauthkeys " .. to_2 .. " -u looker --passwd looker123")
refused("hmc1", "migrlpar -o v -m frameA -t frameB -p mobile " .. to_2 .. " -u looker", "HSCL350B")
refused("hmc1", "migrlpar -o m -m frameA -t frameB -p mobile " .. to_2 .. " -u looker", "HSCL350B")
-- What was tried from there is in the list of events here.
local events = run("hmc2", "lssvcevents -t console")
check(events:find "User name hscroot: failed to log in from the console hmc1", "the wrong password is among the events of hmc2")
check(events:find "User name hscroot: a key was added from the console hmc1", "and the key")
-- One's own console needs neither.
check_equal(run("hmc1", "mkauthkeys " .. to_1 .. " --test"), "", "a console lets itself in")
refused("hmc1", "migrlpar -o v -m frameA -t frameB -p mobile " .. to_1, "HSCLF043")
guest.check_owner(pair, "frameA", "Running")

-- There and back.
check(run("hmc1", "lslparmigr -r virtualio -m frameA -t frameB --filter lpar_names=mobile " .. to_2):find "viosB", "the mappings on the other console's server are listed")
check(run("hmc1", "lslparmigr -r msp -m frameA -t frameB --filter lpar_names=mobile " .. to_2):find "viosB", "and its mover")
run("hmc1", "migrlpar -o v -m frameA -t frameB -p mobile " .. to_2 .. " -u hscroot")
run("hmc1", "migrlpar -o m -m frameA -t frameB -p mobile " .. to_2 .. " -u hscroot")
guest.check_owner(pair, "frameB", "Running")
check_equal(run("hmc1", "lssyscfg -r lpar -m frameA -F name"), "viosA\n", "hmc1 does not have it any more")
check(run("hmc2", "lssyscfg -r lpar -m frameB -F name"):find "mobile", "hmc2 has it")
check(run("hmc2", "lssyscfg -r prof -m frameB --filter lpar_names=mobile"):find "min_mem", "with its profiles")
wait_for_rmc("hmc2", "frameB")
run("hmc2", "migrlpar -o m -m frameB -t frameA -p mobile " .. to_1)
guest.check_owner(pair, "frameA", "Running")
wait_for_rmc("hmc1", "frameA")

-- While it goes on.
local function begin_move()
  pair:fault("frameA", "slow-mover:3000000")
  local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile " .. to_2, "hmc1")
  wait_until("its passes go on", function()
    local moves = pair:moves("hmc1")
    local last = moves[#moves]
    return last and last.source.phase == "passes" and last.ended_at_ms == 0
  end, 30)
  return task
end
local task = begin_move()
check(run("hmc1", "lslock -m frameA"):find "lock_holder=hmc1", "each server is locked by its own console: the source")
check(run("hmc2", "lslock -m frameB"):find "lock_holder=hmc2", "and the destination")
check(run("hmc2", "lslparmigr -r lpar -m frameB --filter lpar_names=mobile"):find "Migration", "hmc2 shows what comes to it")
run("hmc1", "migrlpar -o s -m frameA -p mobile")
task:wait(30)
guest.check_owner(pair, "frameA", "Running")
check_equal(run("hmc2", "lslock"), "No results were found.\n", "when it was stopped, nothing is locked any more")

-- The console where it began is killed, and started again.
begin_move()
pair:kill("hmc")
wait_until("hmc2 lets go of the lock that it had for hmc1", function() return hmc("hmc2", "lslock").output:find "No results" end, 20)
pair:restart()
wait_for_rmc("hmc1", "frameA")
run("hmc1", "migrlpar -o r -m frameA -p mobile")
guest.check_owner(pair, "frameA", "Running")
check(not run("hmc2", "lssyscfg -r lpar -m frameB -F name"):find "mobile", "nothing of it is left on the destination")

-- The same, and the console of the destination recovers it, through the other one.
begin_move()
pair:kill("hmc")
pair:restart()
wait_for_rmc("hmc1", "frameA")
run("hmc2", "migrlpar -o r -m frameB -p mobile " .. to_1)
guest.check_owner(pair, "frameA", "Running")
guest.check_clean(pair)

-- The console of the destination is killed: the migration fails, or waits for it; nothing is lost.
task = begin_move()
pair:kill("hmc-hmc2")
pair:fault("frameA", "slow-mover:0")
local outcome = task:wait(120)
say("  without hmc2: " .. outcome.output)
pair:restart()
wait_for_rmc("hmc2", "frameB")
hmc("hmc1", "migrlpar -o r -m frameA -p mobile")
guest.check_clean(pair)
local where = pair:where("mobile")
local count = 0
for _ in pairs(where) do count = count + 1 end
check_equal(count, 1, "mobile is on one of the two")
guest.all_well(console, "ticker", "churn")
