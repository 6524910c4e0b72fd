-- What may go wrong in a migration of Linux: a script of drmgr's refuses, the HMC stops, the link between the movers is cut,
-- the HMC is killed. It runs on where it was, all is well, and the next attempt works. The first one goes through drmgr.
local guest = require "lib.guest"
local linux = require "lib.linux"

local pair, console = linux.boot()
linux.start(console, "files", "memory mib=32 rate=2000", "registers", "clock")
local judges = { "files", "memory", "registers", "clock" }

local function still_here(frame, sentence)
  linux.all_well(console, table.unpack(judges))
  linux.check_owner(pair, frame)
  check(true, sentence)
  guest.wait_for_rmc(pair)
end

-- drmgr runs what lies in /etc/drmgr.d; a script that fails refuses the migration.
linux.run(console, [[printf '#!/bin/sh\nexit 1\n' >/etc/drmgr.d/pmig/no; chmod +x /etc/drmgr.d/pmig/no]])
local refused = linux.migrate(pair, "frameA", "frameB")
check(refused.code ~= 0, "a script in /etc/drmgr.d refuses: " .. refused.output:gsub("\n.*", ""))
still_here("frameA", "it runs on where it was")
linux.run(console, [[printf '#!/bin/sh\n[ $PHASE != pre ]\n' >/etc/drmgr.d/pmig/no]])
check_equal(pair:hmc("migrlpar -o v -m frameA -t frameB -p linux").code, 0, "one that refuses later lets the validation pass")
refused = linux.migrate(pair, "frameA", "frameB")
check(refused.code ~= 0, "and fails the move: " .. refused.output:gsub("\n.*", ""))
still_here("frameA", "it runs on where it was")
linux.run(console, "rm /etc/drmgr.d/pmig/no")

local moved = linux.migrate(pair, "frameA", "frameB")
check_equal(moved.code, 0, "without the script, drmgr takes it to the other server" .. (moved.code == 0 and "" or ": " .. moved.output))
check(linux.run(console, "cat /proc/device-tree/system-id"):find("10FFE0B"), "the device tree names the other server")
check(linux.run(console, "cat /proc/device-tree/model"):find("8247%-42L"), "and its model")
still_here("frameB", "all is well there")
linux.run(console, "chmod -x /usr/sbin/drmgr")   -- it sleeps for 5 s in each migration: what follows goes through the kernel's file

-- The HMC stops it while it waits to be suspended.
pair:fault("frameB", "slow-mover:20000000")
local going = pair:start("migrlpar -o m -m frameB -t frameA -p linux")
guest.wait_phase(pair, "passes", 60)
local stopped = pair:hmc("migrlpar -o s -m frameB -p linux")
check_equal(stopped.code, 0, "the HMC stops a migration" .. (stopped.code == 0 and "" or ": " .. stopped.output))
check(going:wait(120).code ~= 0, "which says that it was stopped")
still_here("frameB", "it runs on where it was")

-- The movers lose each other in the first pass.
going = pair:start("migrlpar -o m -m frameB -t frameA -p linux")
guest.wait_phase(pair, "passes", 60)
pair:fault("frameB", "cut-mover-link")
check(going:wait(120).code ~= 0, "a link that is cut ends the migration")
pair:fault("frameB", "restore-mover-link")
pair:fault("frameB", "slow-mover:0")
still_here("frameB", "it runs on where it was")

moved = linux.migrate(pair, "frameB", "frameA")
check_equal(moved.code, 0, "and the next attempt works" .. (moved.code == 0 and "" or ": " .. moved.output))
still_here("frameA", "all is well there")

-- The HMC dies in the middle; the next one recovers.
pair:fault("frameA", "slow-mover:20000000")
going = pair:start("migrlpar -o m -m frameA -t frameB -p linux")
guest.wait_phase(pair, "passes", 60)
pair:kill("hmc")
going:wait(60)
pair:restart()
guest.wait_for_rmc(pair)
pair:hmc("migrlpar -o r -m frameA -p linux")
pair:hmc("migrlpar -o r -m frameB -p linux")
local owners = pair:where("linux")
local owner = owners.frameA and "frameA" or "frameB"
still_here(owner, "after the death of the HMC there is one owner, " .. owner)
linux.check_kernel_log(console)
