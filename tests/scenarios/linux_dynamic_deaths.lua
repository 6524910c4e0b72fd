-- SPDX-License-Identifier: GPL-2.0-or-later
-- The HMC, and the frame, die with the connector of a processor and of a virtual slot in each of its states. HMC, hypervisor and operating
-- system agree afterwards, and the next addition and removal work. (Of memory: linux_dynamic_ends)
local connectors = require "lib.connectors"
local guest = require "lib.guest"
local linux = require "lib.linux"

local procs, most = 2, 5
local slots = { 5, 6, 7 }   -- that the profile leaves empty
local pair, console = linux.boot { { "desired_procs = 2", "desired_procs = 2\n  max_procs = 5\n  max_proc_units = 500" } }
local of = connectors.of(pair, console)
local run, refused = guest.commands(pair)
local chproc, chslot = "chhwres -r proc -m frameA -p linux ", "chhwres -r virtualio -m frameA -p linux "

local processors = {}
for number = 0, most - 1 do processors[#processors + 1] = connectors.processor(number) end

-- Of `unknown` processors the kernel has not heard: nobody has given it their nodes.
local function processors_agree(has, pending, unknown)
  local there = 0
  for _, state in ipairs(of.states(processors)) do there = there + (state == 1 and 1 or 0) end
  check_equal(there, has, "so many processors are there")
  check_equal(of.listed("proc", "curr_procs,pend_procs"), ("%d,%d"):format(has, pending or has), "the console has the same number")
  local known = has - (unknown or 0)
  check_equal({ linux.run(of.console, "nproc; ls -d /proc/device-tree/cpus/*@* | wc -l"):match("(%d+)%s+(%d+)%s*$") },
    { tostring(known), tostring(known) }, "and the operating system, with its device tree")
end
local function free_processors()
  local free = {}
  for number, state in ipairs(of.states(processors)) do
    if state == 2 then free[#free + 1] = processors[number] end
  end
  return free
end

local function offers(slot)
  local line = "lshwres -r virtualio -m frameA --rsubtype eth --level lpar --filter lpar_names=linux,slots=%d -F slot_num"
  return pair:hmc(line:format(slot)).output == slot .. "\n"
end
-- What is in these slots: "offered" by the console, "taken" without the kernel, "used" by it.
local function slots_agree(wanted)
  local indexes = {}
  for number, slot in ipairs(slots) do indexes[number] = connectors.slot(slot) end
  local states = of.states(indexes)
  local known = linux.run(of.console, "lsslot -c slot; ls /proc/device-tree/vdevice")
  for number, slot in ipairs(slots) do
    local how = wanted[slot] or "empty"
    local found = { console = offers(slot), connector = states[number] == 1, lsslot = known:find(("C%d "):format(slot), 1, true) ~= nil,
      tree = known:find(("@3000%04x"):format(slot), 1, true) ~= nil }
    check_equal(found, { console = how ~= "empty", connector = how == "taken" or how == "used", lsslot = how == "used",
      tree = how == "used" }, ("slot %d is %s"):format(slot, how))
  end
end

local function next_ones_work()
  run(chproc .. "-o a --procs 1")
  processors_agree(procs + 1)
  run(chproc .. "-o r --procs 1")
  processors_agree(procs)
  run(chslot .. "-o a --rsubtype eth -s 6")
  slots_agree { [6] = "used" }
  run(chslot .. "-o r --rsubtype eth -s 6")
  slots_agree {}
end

processors_agree(procs)
slots_agree {}
of.refuses_to_take(free_processors()[1])
of.refuses_to_take(connectors.slot(6))

-- The HMC dies.
for state = 0, 2 do
  local when = ("with a connector in state %d"):format(state)
  local going = of.begin(chproc .. "-o a --procs 2", function() return of.listed("proc", "pend_procs") == tostring(procs + 2) end)
  local processor = free_processors()[1]
  of.take(processor, state)
  of.hmc_dies(going, when)
  local taken = state >= 1 and 1 or 0
  processors_agree(procs + taken, procs + 2, taken)
  of.give_back(processor, state)
  processors_agree(procs, procs + 2)

  going = of.begin(chslot .. "-o a --rsubtype eth -s 6", function() return offers(6) end)
  of.take(connectors.slot(6), state)
  of.hmc_dies(going, when)
  slots_agree { [6] = state >= 1 and "taken" or "offered" }
  refused(chslot .. "-o a --rsubtype eth -s 6", "HSCLF031")
  -- What is only offered the hypervisor takes back, and what the partition has it keeps.
  if state >= 1 then
    refused(chslot .. "-o r --rsubtype eth -s 6", "HSCL2929")
    slots_agree { [6] = "taken" }
    of.give_back(connectors.slot(6), state)
  end
  run(chslot .. "-o r --rsubtype eth -s 6")
  slots_agree {}
  next_ones_work()
end

-- The frame dies, with a processor and a slot in each state.
pair:fault("frameA", "unplug-network")
wait_until("RMC is lost", function()
  return pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=linux -F rmc_state").output ~= "active\n"
end, 60)
run(chproc .. "-o a --procs 3 --procunits 0.2 --force")
for _, slot in ipairs(slots) do run(chslot .. ("-o a --rsubtype eth -s %d --force"):format(slot)) end
local free = free_processors()
for state = 0, 2 do
  of.take(free[state + 1], state)
  of.take(connectors.slot(slots[state + 1]), state)
end
processors_agree(procs + 2, procs + 3, 2)
slots_agree { [5] = "offered", [6] = "taken", [7] = "taken" }
pair:fault("frameA", "plug-network")
guest.wait_for_rmc(pair)
local going = of.begin(chslot .. "-o a --rsubtype eth -s 8", function() return offers(8) end)
of.frame_dies(going)
processors_agree(procs)
slots[#slots + 1] = 8
slots_agree {}
guest.wait_for_rmc(pair)
next_ones_work()
