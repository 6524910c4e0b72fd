-- SPDX-License-Identifier: GPL-2.0-or-later
-- What may go wrong in a migration of Linux: a script of drmgr's refuses, the HMC stops, the kernel cancels, the link between the movers is
-- cut, the HMC is killed. It runs on where it was, all is well, and the next attempt works. The first one goes through drmgr. All the while
-- a program writes memory as fast as it can.
local guest = require "lib.guest"
local linux = require "lib.linux"

-- xmon is the debugger of this kernel; with =rw, it calls functions when it is asked to.
local pair, console = linux.boot { { "root=/dev/sda", "root=/dev/sda xmon=rw" } }
-- Two of them are never idle, and leave the processors to the shell and the agent when these want them.
linux.start(console, "files", "NICE=10 memory mib=96 rate=0", "NICE=10 registers", "clock")
local judges = { "files", "memory", "registers", "clock" }

linux.watch_commands(console)

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
local server = linux.run(console, "cat /proc/device-tree/system-id /proc/device-tree/model")
check(server:find("10FFE0B"), "the device tree names the other server")
check(server:find("8247%-42L"), "and its model")
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
local move = guest.wait_phase(pair, "passes", 60)
wait_until("8 MiB are sent", function() return pair:stream("frameB", move.stream).bytes_sent >= 8 << 20 end)
check_equal(pair:stream("frameB", move.stream).phase, "passes", "a part of the memory has been sent")
pair:fault("frameB", "cut-mover-link")
check(going:wait(120).code ~= 0, "a link that is cut ends the migration")
pair:fault("frameB", "restore-mover-link")
pair:fault("frameB", "slow-mover:0")
still_here("frameB", "it runs on where it was")

-- The link is cut when the kernel has suspended itself, and nobody has taken it over: ibm,suspend-me is aborted. The kernel gives up, and
-- cancels what is no more.
going = pair:start("migrlpar -o m -m frameB -t frameA -p linux")
move = guest.wait_phase(pair, "passes", 60)
local function phase() return pair:stream("frameB", move.stream).phase end
wait_until("the passes end", function() return phase() ~= "passes" end)
pair:fault("frameB", "slow-mover:20000")   -- seconds, for its state
wait_until("the kernel suspends itself", function() return phase() ~= "suspending" end)
pair:fault("frameB", "cut-mover-link")
local reached = phase()
check(reached == "suspended" or reached == "verifying" or reached == "aborted", "its state is on its way")
check(going:wait(120).code ~= 0, "a link that is cut then ends the migration")
pair:fault("frameB", "restore-mover-link")
pair:fault("frameB", "slow-mover:0")
still_here("frameB", "it runs on where it was")
local said = linux.run(console, "dmesg | grep mobility:")
for _, line in ipairs { "ibm,suspend%-me error: 9000", "VASI state 2 after failed suspend", "H_VASI_SIGNAL error: %-63" } do
  check(said:find(line), "the kernel says: " .. line:gsub("%%", ""))
end

-- The kernel cancels while pages flow. By itself it does that only if it cannot suspend itself, and it always can; so its debugger calls
-- its function for hypercalls, as an administrator could: H_VASI_SIGNAL, this stream, cancel, reason: the partition, EINTR.
pair:fault("frameB", "slow-mover:20000000")
going = pair:start("migrlpar -o m -m frameB -t frameA -p linux")
move = guest.wait_phase(pair, "passes", 60)
console:skip()
console:run("echo x >/proc/sysrq-trigger")
console:wait("mon> ", 30)
console:run(("p $plpar_hcall_norets 2a0 %x 1 6000004"):format(move.stream))
check_equal(console:wait("return value is (0x%x+)"), "0x0", "the kernel cancels the migration, and the hypervisor agrees")
console:run("x")
local cancelled = going:wait(120)
check(cancelled.code ~= 0 and cancelled.output:find("operating system has cancelled"), "the HMC says who it was: " ..
  cancelled.output:gsub("\n.*", ""))
pair:fault("frameB", "slow-mover:0")
still_here("frameB", "it runs on where it was")

-- The movers lose each other when it runs on the destination already, and pages are missing.
local owner, other, stream
owner, other, going, stream = linux.move_until_pages_are_missing(pair, "frameB", "frameA")
pair:fault(owner, "cut-mover-link")
check_equal(pair:stream(other, stream).phase, "resumed", "it runs on the destination, and pages are missing while the link is cut")
check(not going:done(), "and the migration is not over")
check(pair:hmc(("migrlpar -o s -m %s -p linux"):format(owner)).code ~= 0, "nor can it be stopped any more")
local recovered = pair:hmc(("migrlpar -o r -m %s -p linux"):format(owner))
check(recovered.code ~= 0, "nor recovered: " .. recovered.output:gsub("\n.*", ""))
pair:fault(other, "slow-pages:0")
moved = going:wait(120)
pair:fault(owner, "restore-mover-link")
pair:fault(owner, "slow-mover:0")
check_equal(moved.code, 0, "the link stays cut, and the rest comes" .. (moved.code == 0 and "" or ": " .. moved.output))
move = guest.last_move(pair)
say(("  %d pages were to come, %d were waited for"):format(move.source.residual_pages, move.target.demand_paged))
owner, other = other, owner
still_here(owner, "all is well there")

-- The HMC dies: while pages flow, when either may come of it, and when the partition runs on the destination and pages are missing. The
-- next one recovers.
local function recover_from_death_of_hmc(from, to, died)
  pair:restart()
  pair:fault(from, "slow-mover:0")
  guest.wait_for_rmc(pair)
  for _, frame in ipairs { from, to } do pair:hmc(("migrlpar -o r -m %s -p linux"):format(frame)) end
  local found = pair:where("linux")[from] and from or to
  still_here(found, ("after the death of the HMC %s there is one owner, %s"):format(died, found))
  return found, found == from and to or from
end
pair:fault(owner, "slow-mover:20000000")
going = pair:start(("migrlpar -o m -m %s -t %s -p linux"):format(owner, other))
guest.wait_phase(pair, "passes", 60)
pair:kill("hmc")
going:wait(60)
owner, other = recover_from_death_of_hmc(owner, other, "while pages flow")

owner, other, going, stream = linux.move_until_pages_are_missing(pair, owner, other)
pair:fault(owner, "cut-mover-link")
pair:kill("hmc")
going:wait(60)
check_equal(pair:stream(other, stream).phase, "resumed", "the HMC is dead, and pages are missing on " .. other)
pair:fault(other, "slow-pages:0")
pair:fault(owner, "restore-mover-link")
local destination = other
owner, other = recover_from_death_of_hmc(owner, other, "after the hand-over")
check_equal(owner, destination, "it is the destination")

moved = linux.migrate(pair, owner, other)
check_equal(moved.code, 0, "and the next attempt works" .. (moved.code == 0 and "" or ": " .. moved.output))
still_here(other, "all is well there")
linux.check_kernel_log(console, {
  "mobility: unexpected H_VASI_STATE result 2", "mobility: ibm,suspend%-me error: 9000", "mobility: H_VASI_SIGNAL error: %-63",
})
linux.check_commands(console)
linux.check_disk(pair, console, other)
