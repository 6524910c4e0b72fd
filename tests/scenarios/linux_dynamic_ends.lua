-- SPDX-License-Identifier: GPL-2.0-or-later
-- Dynamic operations that do not come to their end: the agent, drmgr, the HMC, the frame are killed, with a connector in each of its
-- states. HMC, hypervisor and operating system agree afterwards about what the partition has, and the next operation works.
local guest = require "lib.guest"
local linux = require "lib.linux"

local block_mb, first, last = 256, 1, 5   -- of the blocks that come and go
local pair, console = linux.boot { { "desired_procs = 2", "desired_procs = 2\n  max_mem = 1536\n  max_procs = 4\n  max_proc_units = 400" },
  { "desired_mem = 512", "desired_mem = 768" } }
local run, refused = guest.commands(pair)
local chhwres = "chhwres -r mem -m frameA -p linux "

local function listed(fields)
  return run("lshwres -r mem -m frameA --level lpar --filter lpar_names=linux -F " .. fields):gsub("\n", "")
end
local function rtas(line)
  local output, status = linux.run(console, "rtas " .. line)
  return tonumber(output:match("status=%-?%d+ (%d+)")), status
end
local function connector(block) return ("0x%x"):format(0x80000000 + block) end
local function set(indicator, block, state)
  local _, status = rtas(("set-indicator %d %s %d"):format(indicator, connector(block), state))
  check_equal(status, 0, ("block %d: indicator %d becomes %d"):format(block, indicator, state))
end
local function sense(block) return (rtas("get-sensor-state 9003 " .. connector(block))) end
-- What the connectors say is what the console says.
local function agree(pending)
  local mb = block_mb
  for block = first, last do mb = mb + (sense(block) == 1 and block_mb or 0) end
  check_equal(listed "curr_mem", tostring(mb), "the console and the connectors agree")
  check_equal(listed "pend_mem", tostring(pending or mb), "and about what is pending")
  return mb
end
local function free_block()
  for block = first, last do if sense(block) == 2 then return block end end
end
local function agent() return linux.run(console, "pidof rmcd"):match("(%d+)%s*$") end

-- Nobody has given it anything.
check_equal(agree(), 768, "it has what it was activated with")
local _, status = rtas("set-indicator 9003 " .. connector(free_block()) .. " 1")
check_equal(status, 1, "and takes no more by itself")

-- The HMC dies with a connector in each of its states; the guest was promised two blocks.
for state = 0, 2 do
  run(chhwres .. "-o a -q 512")
  run(chhwres .. "-o r -q 512")
  local before = agree()
  linux.run(console, "kill -STOP " .. agent())
  local going = pair:start(chhwres .. "-o a -q 512")
  wait_until("it is promised", function() return listed "pend_mem" == tostring(before + 512) end)
  refused("migrlpar -o v -m frameA -t frameB -p linux", "HSCL3205")
  local block = free_block()
  if state >= 1 then set(9003, block, 1) end
  if state >= 2 then set(9001, block, 1) end
  pair:kill("hmc")
  pair:restart()
  check(going:wait(60).code ~= 0, ("the HMC has died with a connector in state %d"):format(state))
  linux.run(console, "kill -9 " .. agent())   -- with what it has not read yet
  guest.wait_for_rmc(pair)
  agree(before + 512)
  if state >= 1 then
    set(9001, block, 0)
    set(9003, block, 0)
  end
  run(chhwres .. "-o a -q 256")
  check_equal(agree(), before + 256, "the next operation begins with what it has")
  run(chhwres .. "-o r -q 256")
end

-- The agent is killed in the middle: what was done until then is told, and the rest is not pending any more.
local before = agree()
linux.run(console, "kill -STOP " .. agent())
local going = pair:start(chhwres .. "-o a -q 512")
wait_until("it is promised", function() return listed "pend_mem" == tostring(before + 512) end)
local block = free_block()
set(9003, block, 1)
local told = going:wait(60)
check(told.code ~= 0 and told.output:find("Amount of memory added: 256 MB of 512 MB", 1, true), "its amount is said: " .. told.output)
agree()
_, status = rtas("set-indicator 9003 " .. connector(free_block()) .. " 1")
check_equal(status, 1, "what is not pending cannot be taken any more")
linux.run(console, "kill -9 " .. agent())
guest.wait_for_rmc(pair)
set(9003, block, 0)

-- An agent that is killed while drmgr works, and started anew, does not begin once more.
linux.run(console, [[mkfifo /run/go; mv /usr/sbin/drmgr /usr/sbin/drmgr.away; ]] ..
  [[printf '#!/bin/sh\necho called >>/run/calls\ncat /run/go\nexec drmgr.away "$@"\n' >/usr/sbin/drmgr; chmod +x /usr/sbin/drmgr]])
going = pair:start(chhwres .. "-o a -q 256")
wait_until("drmgr is called", function() return linux.run(console, "cat /run/calls"):find("called\r?\n$") end)
linux.run(console, "kill -9 " .. agent())
told = going:wait(60)
check(told.code ~= 0 and told.output:find("what became of drmgr is not known", 1, true), "the console is told: " .. told.output)
linux.run(console, "echo >/run/go")
check_equal(linux.run(console, "wc -l </run/calls"):match("(%d+)%s*$"), "1", "it was called once")
agree()
linux.run(console, "mv /usr/sbin/drmgr.away /usr/sbin/drmgr")
guest.wait_for_rmc(pair)

-- drmgr is killed, or is not there.
linux.run(console, "mv /usr/sbin/drmgr /usr/sbin/drmgr.away")
refused(chhwres .. "-o a -q 256", "HSCL802B")
linux.run(console, [[printf '#!/bin/sh\necho it begins\nkill -9 $$\n' >/usr/sbin/drmgr; chmod +x /usr/sbin/drmgr]])
refused(chhwres .. "-o a -q 256", "it begins")
linux.run(console, "mv /usr/sbin/drmgr.away /usr/sbin/drmgr")
agree()

-- Without RMC nothing is begun; with --force it stays pending, and somebody in the partition takes it.
pair:fault("frameA", "unplug-network")
wait_until("RMC is lost", function()
  return pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=linux -F rmc_state").output ~= "active\n"
end, 60)
refused(chhwres .. "-o a -q 256", "HSCL2957")
run(chhwres .. "-o a -q 256 --force")
agree(before + 256)
_, status = linux.run(console, "drmgr -c mem -a -q 1")
check_equal(status, 0, "drmgr takes what is pending")
check_equal(agree(), before + 256, "and has it")
pair:fault("frameA", "plug-network")
guest.wait_for_rmc(pair)

-- The kernel cannot move what is in pipes: what cannot go stays, nothing is lost, and it goes when it is not in use any more.
linux.run(console, "(pinned 600 &)")
wait_until("memory is pinned", function() return console:text():find("pinned: 600 MiB", 1, true) end, 60)
linux.start(console, "memory mib=64 rate=4000")
told = pair:hmc(chhwres .. "-o r -q 512")
check(told.code ~= 0 and told.output:find("HSCL2932", 1, true), "what is in use is not given up: " .. told.output)
agree()
linux.all_well(console, "memory")
linux.run(console, "kill $(pidof pinned)")

-- The frame dies with a block that is taken and isolated: the partition is off then, and the next activation makes what its profile says.
before = agree()
linux.run(console, "kill -STOP " .. agent())
going = pair:start(chhwres .. "-o a -q 512")
wait_until("it is promised", function() return listed "pend_mem" == tostring(before + 512) end)
set(9003, free_block(), 1)
pair:kill("frameA")
check(going:wait(60).code ~= 0, "the operation does not succeed")
pair:restart()
pair:wait_state("frameA", "linux", "Not Activated", 60)
check_equal(listed "curr_mem", "0", "it takes nothing")
run "chsysstate -r lpar -m frameA -o on -n linux"
console = pair:console("frameA", "linux")
linux.login(console)
check_equal(agree(), 768, "the next activation has what the profile says")
