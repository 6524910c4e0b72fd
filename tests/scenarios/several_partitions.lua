-- SPDX-License-Identifier: GPL-2.0-or-later
-- Several partitions of one command: migrlpar -p a,b and --all. They move side by side, through the same two movers.
local guest = require "lib.guest"

local second = [==[auto_start = true

  [[frame.partition]]
  name = "second"
  id = 4
  ip_address = "10.0.2.16"
  desired_mem = 128
  disks = ["second_root"]
  vlans = [1]
  boot_image = "nomad"
  boot_arguments = "ip=10.0.2.16"
  auto_start = true
]==]
local pair, console = guest.start { file = lab.variant {
  { "[[segment]]", '[[lun]]\nname = "second_root"\nsize_mb = 64\n\n[[segment]]' },
  { 'luns = ["mobile_root"]', 'luns = ["mobile_root", "second_root"]' },
  { 'luns = ["mobile_root"]', 'luns = ["mobile_root", "second_root"]' },
  { "auto_start = true\n", second },
} }
local second_console = pair:console("frameA", "second")
second_console:wait("second# ", 60)
guest.wait_for_rmc(pair)
for _, each in ipairs { console, second_console } do
  guest.run(each, "ticker", "bank rate=50", "churn set=16 rate=2000")
  each:wait("bank: formatted", 20)
end

local function check_owners(frame)
  for _, name in ipairs { "mobile", "second" } do
    local found = pair:where(name)
    local names = {}
    for each in pairs(found) do names[#names + 1] = each end
    check_equal(names, { frame }, name .. " is on " .. frame .. " and nowhere else")
    check_equal(found[frame], "Running", "and it is Running")
  end
  guest.check_clean(pair)
end

local function run(line)
  local done = pair:hmc(line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
end

run "migrlpar -o v -m frameA -t frameB -p mobile,second"
pair:fault("frameA", "slow-mover:100000000")
run "migrlpar -o m -m frameA -t frameB -p mobile,second"
pair:fault("frameA", "slow-mover:0")
check_owners("frameB")
local moves = pair:moves()
check_equal(#moves, 2, "the console remembers two moves")
check(moves[1].began_at_ms < moves[2].ended_at_ms and moves[2].began_at_ms < moves[1].ended_at_ms, "which went on at the same time")
guest.all_well(console, "ticker", "bank", "churn")
guest.all_well(second_console, "ticker", "bank", "churn")
guest.wait_for_rmc(pair)

run "migrlpar -o v -m frameB -t frameA --all"
run "migrlpar -o m -m frameB -t frameA --all"
check_owners("frameA")
guest.all_well(console, "ticker", "bank", "churn")
guest.all_well(second_console, "ticker", "bank", "churn")
guest.wait_for_rmc(pair)

-- Names are read before anything moves.
local done = pair:hmc("migrlpar -o m -m frameA -t frameB -p nobody,second")
check_equal(done.code, 1, "a command is refused if one of its partitions does not exist")
check(done.output:find("HSCL8012 The partition named nobody was not found"), "and says which")
check_owners("frameA")
