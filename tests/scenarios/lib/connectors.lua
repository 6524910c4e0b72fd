-- SPDX-License-Identifier: GPL-2.0-or-later
-- Connectors of a partition with Debian Linux, brought from state to state by the tool `rtas` in it, and dynamic operations that are held
-- there: the agent is stopped, so that drmgr does not begin.
local guest = require "lib.guest"
local linux = require "lib.linux"
local connectors = {}

function connectors.memory_block(number) return 0x80000000 + number end
function connectors.processor(number) return 0x10000000 + number end
function connectors.slot(number) return 0x30000000 + number end

-- Of the partition `linux` on frameA. Its field `console` changes with an activation.
function connectors.of(pair, console)
  local of = { console = console }

  function of.listed(resource, fields)
    local line = ("lshwres -r %s -m frameA --level lpar --filter lpar_names=linux -F %s"):format(resource, fields)
    local done = pair:hmc(line)
    if done.code ~= 0 then fail(line .. ": " .. done.output) end
    return (done.output:gsub("\n$", ""))
  end

  local function set_indicator(indicator, connector, state)
    local _, status = linux.run(of.console, ("rtas set-indicator %d 0x%x %d"):format(indicator, connector, state))
    return status
  end
  function of.set(indicator, connector, state)
    check_equal(set_indicator(indicator, connector, state), 0,
      ("connector %x: indicator %d becomes %d"):format(connector, indicator, state))
  end
  function of.refuses_to_take(connector)
    check_equal(set_indicator(9003, connector, 1), 1, "what is not pending cannot be taken")
  end
  -- What their sensors say: 1 present, 2 unusable.
  function of.states(all)
    local line = "for connector in"
    for _, connector in ipairs(all) do line = line .. (" 0x%x"):format(connector) end
    local states = {}
    for state in linux.run(of.console, line .. "; do rtas get-sensor-state 9003 $connector; done"):gmatch("status=0 (%d)") do
      states[#states + 1] = tonumber(state)
    end
    check_equal(#states, #all, "each connector has a state")
    return states
  end

  -- States: 0 unusable, 1 usable and isolated, 2 usable and unisolated.
  function of.take(connector, state)
    if state >= 1 then of.set(9003, connector, 1) end
    if state >= 2 then of.set(9001, connector, 1) end
  end
  function of.give_back(connector, state)
    if state >= 2 then of.set(9001, connector, 0) end
    if state >= 1 then of.set(9003, connector, 0) end
  end

  function of.agent() return linux.run(of.console, "pidof rmcd"):match("(%d+)%s*$") end
  -- Another one is started; what it has not read goes with it.
  function of.new_agent()
    linux.run(of.console, "kill -9 " .. of.agent())
    guest.wait_for_rmc(pair)
  end

  -- Starts a command that stands still when `promised` is true: the hypervisor knows of it, and the agent does not.
  function of.begin(command, promised)
    linux.run(of.console, "kill -STOP " .. of.agent())
    local going = pair:start(command)
    wait_until("it is promised", promised)
    return going
  end

  function of.hmc_dies(going, when)
    pair:kill("hmc")
    pair:restart()
    check(going:wait(60).code ~= 0, "the HMC has died " .. when)
    of.new_agent()
  end

  -- The partition is off then, and is activated anew.
  function of.frame_dies(going)
    pair:kill("frameA")
    check(going:wait(60).code ~= 0, "the operation does not succeed")
    pair:restart()
    pair:wait_state("frameA", "linux", "Not Activated", 60)
    check_equal(of.listed("mem", "curr_mem") .. " " .. of.listed("proc", "curr_procs"), "0 0", "a partition that is off takes nothing")
    local done = pair:hmc "chsysstate -r lpar -m frameA -o on -n linux"
    check_equal(done.code, 0, "it is activated" .. done.output)
    of.console = pair:console("frameA", "linux")
    linux.login(of.console)
    return of.console
  end

  return of
end

return connectors
