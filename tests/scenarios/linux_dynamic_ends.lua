-- SPDX-License-Identifier: GPL-2.0-or-later
-- Dynamic operations that do not come to their end: the agent, drmgr, the HMC, the frame are killed, with a connector in each of its
-- states. HMC, hypervisor and operating system agree afterwards about what the partition has, and the next operation works.
local connectors = require "lib.connectors"
local guest = require "lib.guest"
local linux = require "lib.linux"

local block_mb, first, last = 256, 1, 5   -- of the blocks that come and go
local pair, console = linux.boot { { "desired_procs = 2", "desired_procs = 2\n  max_mem = 1536\n  max_procs = 4\n  max_proc_units = 400" },
  { "desired_mem = 512", "desired_mem = 768" } }
local run, refused = guest.commands(pair)
local chhwres = "chhwres -r mem -m frameA -p linux "

local of = connectors.of(pair, console)
local function listed(fields) return of.listed("mem", fields) end
local blocks = {}
for number = first, last do blocks[#blocks + 1] = connectors.memory_block(number) end
-- What the connectors say is what the console says.
local function agree(pending)
  local mb = block_mb
  for _, state in ipairs(of.states(blocks)) do mb = mb + (state == 1 and block_mb or 0) end
  check_equal(listed "curr_mem", tostring(mb), "the console and the connectors agree")
  check_equal(listed "pend_mem", tostring(pending or mb), "and about what is pending")
  return mb
end
local function free_block()
  for number, state in ipairs(of.states(blocks)) do if state == 2 then return blocks[number] end end
end
local function begin(mb)
  local wanted = tostring(tonumber(listed "curr_mem") + mb)
  return of.begin(chhwres .. "-o a -q " .. mb, function() return listed "pend_mem" == wanted end)
end

-- Nobody has given it anything.
check_equal(agree(), 768, "it has what it was activated with")
of.refuses_to_take(free_block())

-- The HMC dies with a connector in each of its states; the guest was promised two blocks.
for state = 0, 2 do
  run(chhwres .. "-o a -q 512")
  run(chhwres .. "-o r -q 512")
  local before = agree()
  local going = begin(512)
  refused("migrlpar -o v -m frameA -t frameB -p linux", "HSCL3205")
  local free = free_block()
  of.take(free, state)
  of.hmc_dies(going, ("with a connector in state %d"):format(state))
  agree(before + 512)
  of.give_back(free, state)
  run(chhwres .. "-o a -q 256")
  check_equal(agree(), before + 256, "the next operation begins with what it has")
  run(chhwres .. "-o r -q 256")
end

-- The agent is killed in the middle: what was done until then is told, and the rest is not pending any more.
local going = begin(512)
local free = free_block()
of.take(free, 1)
local told = going:wait(60)
check(told.code ~= 0 and told.output:find("Amount of memory added: 256 MB of 512 MB", 1, true), "its amount is said: " .. told.output)
agree()
of.refuses_to_take(free_block())
of.new_agent()
of.give_back(free, 1)

-- An agent that is killed while drmgr works, and started anew, does not begin once more.
linux.run(console, [[mkfifo /run/go; mv /usr/sbin/drmgr /usr/sbin/drmgr.away; ]] ..
  [[printf '#!/bin/sh\necho called >>/run/calls\ncat /run/go\nexec drmgr.away "$@"\n' >/usr/sbin/drmgr; chmod +x /usr/sbin/drmgr]])
going = pair:start(chhwres .. "-o a -q 256")
wait_until("drmgr is called", function() return linux.run(console, "cat /run/calls"):find("called\r?\n$") end)
linux.run(console, "kill -9 " .. of.agent())
told = going:wait(60)
check(told.code ~= 0 and told.output:find("what became of drmgr is not known", 1, true), "the console is told: " .. told.output)
linux.run(console, "echo >/run/go")
check_equal(linux.run(console, "wc -l </run/calls"):match("(%d+)%s*$"), "1", "it was called once")
agree()
linux.run(console, "mv /usr/sbin/drmgr.away /usr/sbin/drmgr")
guest.wait_for_rmc(pair)

-- drmgr is killed, or is not there.
linux.run(console, "mv /usr/sbin/drmgr /usr/sbin/drmgr.away")
refused(chhwres .. "-o a -q 256", "HSCLF02B")
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
local before = agree()
run(chhwres .. "-o a -q 256 --force")
agree(before + 256)
local _, status = linux.run(console, "drmgr -c mem -a -q 1")
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
going = begin(512)
of.take(free_block(), 1)
console = of.frame_dies(going)
check_equal(agree(), 768, "the next activation has what the profile says")
