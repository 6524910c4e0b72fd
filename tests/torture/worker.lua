-- SPDX-License-Identifier: GPL-2.0-or-later
-- A lab, and what is done to it: reads orders, a line each, does them one after another, and answers each with a line "result {...}".
-- `./torture` starts it (tests/torture/run); by hand:
--   echo 'part=matrix kind=active anchor=source point=passes victims=destination action=kill' | twinframe scenario tests/torture/worker.lua KEEP
-- KEEP is the folder that gets the state of a lab in which something was violated. A lab ends with its first violation, and so does this.
local here = package.path:match("^(.-)%?%.lua")
package.path = package.path .. ";" .. here .. "../scenarios/?.lua"
local guest = require "lib.guest"
local host = require "lib.host"
local judge = require "judge"
local labs = require "labs"

local keep = arg[1] or "."
local frames = { "frameA", "frameB" }
local function other(frame) return frame == "frameA" and "frameB" or "frameA" end
local function list(text)
  local words = {}
  for word in (text or ""):gmatch("[^,]+") do words[#words + 1] = word end
  return words
end

local current  -- the lab that lives; labs.lua says what is in it

-- ---- processes, from outside ----

local function signal(pids, name)
  if #pids > 0 then host("kill -" .. name .. " " .. table.concat(pids, " ")) end
end

-- 0: it is gone.
local function pid_of(process)
  local file = io.open(current.pair:state_folder() .. "/" .. process .. ".process")
  local pid = file and file:read("n") or 0
  if file then file:close() end
  return current.pair:is_alive(process) and pid or 0
end

local function stands_still(pid)
  local file = io.open("/proc/" .. pid .. "/stat")
  local state = file and file:read("a"):match("^.*%) (%u)")
  if file then file:close() end
  return state == "T"
end

-- ---- a move, and what happens to it ----

-- source, destination, hmc: the processes of this move.
local function roles(from) return { source = from, destination = other(from), hmc = "hmc" } end

-- What an order's victims are called here; all of them must live.
local function pids_of(role, victims)
  local pids, names = {}, {}
  for _, victim in ipairs(victims) do
    local pid = pid_of(role[victim])
    if pid > 0 then pids[#pids + 1], names[#names + 1] = pid, role[victim] end
  end
  return pids, names
end

-- Does it to the victims; `held`: a process that stands still at its moment and has to go on (its pid).
-- Answers a function that ends what does not end by itself.
local function strike(order, role, held)
  local pair, pids, names = current.pair, pids_of(role, order.victims)
  local nothing = function() end
  local go_on = function() if held then signal({ held }, "CONT") end end
  if order.action == "kill" then
    signal(pids, "KILL")
    go_on()
    for _, name in ipairs(names) do pair:wait_dead(name, 60) end
    return nothing
  end
  if order.action == "stop" then
    signal(pids, "STOP")
    for _, pid in ipairs(pids) do if pid == held then held = nil end end
    go_on()
    let_pass(3000, "the time for which they stand still")
    signal(pids, "CONT")
    return nothing
  end
  if order.action == "full" then
    for _, name in ipairs(names) do labs.fill(current, name) end
    if #names == 3 then
      labs.fill(current, "san")
      labs.fill(current, "state")
    end
    go_on()
    return function() labs.free(current) end
  end
  -- cut: the link between the movers. A frame that stands still cannot be asked.
  go_on()
  pair:fault(names[1], "cut-mover-link")
  return function() pair:fault(names[1], "restore-mover-link") end
end

-- As an operator would, until there is nothing left to recover: on the source's side, and if that does not know of it, on the other.
-- `second`: what happens meanwhile.
local function recover(role, names, second)
  local pair, said = current.pair, ""
  for _, name in ipairs(names) do
    for _, frame in ipairs { role.source, role.destination } do
      local line = ("migrlpar -o r -m %s -p %s"):format(frame, name)
      local answer
      local well, reason = pcall(wait_until, line .. " comes to its end", function()
        local task = pair:start(line)
        if second then
          second(task)
          second = nil
          pair:restart()
        end
        answer = task:wait(120)
        said = said .. ("%s: %d %s"):format(line, answer.code, answer.output)
        -- It says that it did; that there is nothing (HSCLF300); or that the frame knows no such partition (HSCL8012).
        return answer.code == 0 or answer.output:find("HSCLF300") or answer.output:find("HSCL8012"), answer.output
      end, 60)
      if not well then judge.wrong("recovery", tostring(reason):gsub("^.-FAILED: ", "")) end
    end
  end
  return said
end

-- A mover takes four migrations; of eight at once the others wait for it (-w).
local function move_line(from, name)
  return ("migrlpar -o m -m %s -t %s -p %s%s"):format(from, other(from), name, #current.parts > 1 and " -w 5" or "")
end

-- Waits until the anchor stands still, for a random moment if there is none, or for the end of the move. Answers the pid that is held,
-- and whether the moment came.
local function meet(order, role, tasks)
  local function all_done()
    for _, task in ipairs(tasks) do if not task:done() then return false end end
    return true
  end
  if order.delay then
    let_pass(order.delay, "a random moment")
    return nil, not all_done()
  end
  local pid = pid_of(role[order.anchor])
  wait_until("the moment, or the end of the move", function() return stands_still(pid) or all_done() end, 120)
  if stands_still(pid) then return pid, true end
  current.pair:fault(role[order.anchor], "stop-at:never")
  return nil, false
end

-- On the disk that the bank has had.
local function run_bank(part)
  part.console:skip()
  part.bank = guest.run(part.console, "bank rate=50")
  judge.books(part.console, part.name, part.sequence)
end

local function activate(frame, part)
  local done = current.pair:hmc(("chsysstate -m %s -r lpar -o on -n %s"):format(frame, part.name))
  if done.code ~= 0 then judge.wrong("state", ("%s cannot be activated on %s: %s"):format(part.name, frame, done.output)) end
  if done.code ~= 0 then return end
  part.console = current.pair:console(frame, part.name)
  part.console:wait(part.name .. "# ", 120)
  run_bank(part)
  guest.run(part.console, "churn set=16 rate=4000")
end

local function remember(part, bank)
  if bank and bank.sequence then part.sequence = math.max(part.sequence or 0, bank.sequence) end
end

-- Everything that must hold, once nothing goes on any more. `expect`: what is known of where it must be, and in which state.
local function judge_all(expect)
  for _, part in ipairs(current.parts) do
    local owner, state = judge.owner(current.pair, current.systems, part.uuid, part.name)
    if owner then
      local before = expect and expect[part.name]
      if before and before.owner and owner ~= before.owner then
        judge.wrong("owner", ("%s is on %s, but belongs to %s: the witness said %s"):format(part.name, owner, before.owner, before.why))
      end
      local wanted = before and before.state
      if wanted and state ~= wanted then judge.wrong("state", ("%s on %s is %s, not %s"):format(part.name, owner, state, wanted)) end
      if state == "Running" then
        remember(part, judge.guest(part.console, part.name, current.quiet and { "churn" } or { "bank", "churn" }))
      elseif state ~= "Not Activated" then
        judge.wrong("state", ("%s on %s is %s"):format(part.name, owner, state))
      end
      part.frame, part.state = owner, state
    end
  end
  judge.clean(current.pair, current.memory)
  judge.disks(current.pair, current.names, "")
end

-- A move that nothing happens to.
local function next_move()
  guest.wait_for_rmc(current.pair, nil, 120)
  local tasks = {}
  for i, part in ipairs(current.parts) do tasks[i] = current.pair:start(move_line(part.frame, part.name)) end
  for i, part in ipairs(current.parts) do
    local done = tasks[i]:wait(180)
    if done.code ~= 0 then judge.wrong("next move", done.output) end
  end
end

-- Both frames are started anew, and every partition is off then; each has its disk.
local function restart_frames()
  for _, frame in ipairs(frames) do current.pair:kill(frame) end
  local well, reason = pcall(current.pair.restart, current.pair)
  if not well then judge.wrong("restart", tostring(reason)) return end
  for _, part in ipairs(current.parts) do
    local owner, state = judge.owner(current.pair, current.systems, part.uuid, part.name)
    if owner then part.frame = owner end
    if owner and state ~= "Not Activated" then judge.wrong("restart", part.name .. " is " .. state) end
    part.state = state
  end
  judge.disks(current.pair, current.names, " after a restart of both")
end

-- All partitions on and working, or all off, on one frame.
local function prepare(kind)
  for _, part in ipairs(current.parts) do
    if part.frame ~= current.parts[1].frame then
      local done = current.pair:hmc(move_line(part.frame, part.name))
      if done.code ~= 0 then judge.wrong("next move", done.output) end
      part.frame = current.parts[1].frame
    end
    if kind == "active" and part.state ~= "Running" then
      activate(part.frame, part)
      part.state = "Running"
    elseif kind == "inactive" and part.state == "Running" then
      local done = current.pair:hmc(("chsysstate -m %s -r lpar -o shutdown -n %s --immed"):format(part.frame, part.name))
      if done.code ~= 0 then judge.wrong("state", done.output) end
      current.pair:wait_state(part.frame, part.name, "Not Activated", 60)
      part.state = "Not Activated"
    end
  end
  guest.wait_for_rmc(current.pair, nil, 120)
end

-- Nobody writes to a disk while disks are full: what a guest's disk says then is not what is judged here.
local function stop_banks()
  current.quiet = true
  for _, part in ipairs(current.parts) do
    if part.state == "Running" then
      remember(part, guest.judge(part.console).bank)
      part.console:run("kill " .. part.bank)
    end
  end
end
local function start_banks()
  current.quiet = false
  for _, part in ipairs(current.parts) do
    if part.state == "Running" then run_bank(part) end
  end
end

-- What the rules say of who has it and whether it runs, from what the witness said when the commands had ended and nobody had been started
-- again. STARTED: the destination has it. HANDED_OVER: a destination that lives starts it without the source's word; if only the source
-- lives, that takes it back. SOURCE: a dead frame neither hands it over nor starts it. The owner's process has all that it needs, from the
-- hand-over on without the source, too: if it lives, the partition runs.
local function expectations(order, role, deaths, said_before)
  local expect = {}
  for _, part in ipairs(current.parts) do
    local witness = said_before.witness[part.uuid]
    local owner
    if witness and witness.owner == current.systems[role.destination] then owner = "destination"
    elseif deaths.destination then owner = "source"
    elseif not deaths.source then owner = nil
    elseif not witness or witness.state ~= "HANDED_OVER" then owner = "source"
    elseif order.kind == "active" then owner = "destination" end
    local e = { owner = owner and role[owner], why = witness and witness.state or "nothing" }
    if order.kind == "inactive" then e.state = "Not Activated"
    elseif owner then e.state = deaths[owner] and "Not Activated" or "Running"
    else e.state = "Running" end
    expect[part.name] = e
  end
  return expect
end

-- The same after another death while the recovery worked.
local function expect_after(second, role, expect)
  local struck = {}
  for _, victim in ipairs(second.victims) do struck[role[victim]] = true end
  for _, e in pairs(expect) do
    if e.state == "Running" and not e.owner and (struck.frameA or struck.frameB) then e.state = nil
    elseif e.state == "Running" and struck[e.owner] then e.state = "Not Activated" end
  end
end

local function names_of_parts()
  local names = {}
  for i, part in ipairs(current.parts) do names[i] = part.name end
  return names
end

-- One move, or one of each partition at once, with a blow to it; then recovery, with another blow if there is a second order; then the
-- judgement. Answers what happened, for the table.
local function live_through(order, second)
  prepare(order.kind)
  local pair, role = current.pair, roles(current.parts[1].frame)
  if order.action == "full" then stop_banks() end
  if order.kind == "active" then pair:fault(role.source, "slow-mover:" .. (order.speed or 60000000)) end
  if order.point then pair:fault(role[order.anchor], "stop-at:" .. order.point) end
  if order.second then pair:fault(role.source, "die-at:" .. order.second) end
  local tasks = {}
  for i, part in ipairs(current.parts) do tasks[i] = pair:start(move_line(role.source, part.name)) end
  local held, reached = meet(order, role, tasks)
  local finish = strike(order, role, held)
  if order.action ~= "kill" then
    pcall(wait_until, "the moves end by themselves", function()
      for _, task in ipairs(tasks) do if not task:done() then return false end end
      return true
    end, order.action == "stop" and 30 or 2)
  end
  finish()
  local said = ""
  for _, task in ipairs(tasks) do
    local done = task:wait(180)
    said = said .. done.code .. " " .. done.output
  end
  local before, deaths = judge.stored(pair), {}
  for victim, process in pairs(role) do deaths[victim] = not pair:is_alive(process) end
  local expect = expectations(order, role, deaths, before)
  pair:restart()
  local strike_again
  if second then
    strike_again = function(task)
      let_pass(second.delay, "a random moment of the recovery")
      strike(second, role, nil)
      expect_after(second, role, expect)
      if not task:done() and second.action == "kill" then pcall(task.wait, task, 120) end
    end
  end
  local recovered = recover(role, names_of_parts(), strike_again)
  if order.kind == "active" then
    for _, frame in ipairs(frames) do pair:fault(frame, "slow-mover:0") end
  end
  judge_all(expect)
  if order.action == "full" then start_banks() end
  return reached, (said .. recovered):gsub("%s+", " ")
end

-- ---- the parts ----

local random = math.random
local function one_of(choices) return choices[random(#choices)] end
local blows = {
  { "source" }, { "destination" }, { "hmc" }, { "source", "destination" }, { "hmc", "source" }, { "hmc", "destination" },
  { "source", "destination", "hmc" },
}

-- A blow at a random moment; most of them while an active move goes on.
local function random_order()
  local order = { kind = one_of { "active", "active", "active", "inactive" }, action = one_of { "kill", "kill", "kill", "stop", "cut", "full" } }
  if order.kind == "inactive" and order.action == "cut" then order.action = "kill" end
  if order.action == "full" and not current.disks then order.action = "kill" end
  order.victims = order.action == "cut" and one_of { { "source" }, { "destination" } } or one_of(blows)
  order.speed = one_of { 20000000, 60000000, 0 }
  -- A migration takes longer on a busy host: early moments are the more likely ones.
  local longest = order.kind == "inactive" and 60 or order.speed == 20000000 and 1500 or order.speed == 60000000 and 700 or 300
  order.delay = math.floor(longest * random() ^ 2)
  return order
end

local parts = {}

function parts.matrix(order)
  order.victims = list(order.victims)
  return live_through(order)
end
function parts.random() return live_through(random_order()) end
parts["two-deaths"] = function(order)
  if order.point then
    order.victims = list(order.victims)
    return live_through(order)
  end
  order = random_order()
  order.action = "kill"
  return live_through(order, { action = "kill", victims = one_of(blows), delay = random(0, 150) })
end
function parts.eight()
  local order = random_order()
  order.kind, order.action, order.speed = "active", one_of { "kill", "kill", "stop" }, 60000000
  order.delay = random(0, 3000)
  order.victims = one_of(blows)
  return live_through(order)
end
-- Moves back and forth, without a pause; then one with a death.
function parts.soak(order)
  prepare("active")
  local part = current.parts[1]
  for _ = 2, tonumber(order.moves) do
    local done = current.pair:hmc(move_line(part.frame, part.name))
    if done.code ~= 0 then
      judge.wrong("next move", done.output)
      return false, done.output
    end
    part.frame = other(part.frame)
  end
  return live_through { kind = "active", action = "kill", victims = one_of(blows), delay = random(0, 600), speed = 60000000 }
end

-- ---- orders ----

local function describe(order)
  local words = {}
  for name, value in pairs(order) do words[#words + 1] = name .. "=" .. tostring(value) end
  table.sort(words)
  return table.concat(words, " ")
end

local function carry_out(order)
  math.randomseed(tonumber(order.seed or 1), tonumber(order.number or 0))
  if current and current.kind ~= (order.part == "eight" and "eight" or "one") then
    labs.down(current)
    current = nil
  end
  current = current or labs.start(order.part == "eight" and "eight" or "one", judge)
  local reached, said = parts[order.part](order)
  if #judge.found == 0 then
    next_move()
    for _, part in ipairs(current.parts) do
      if part.state == "Running" then remember(part, judge.guest(part.console, part.name, { "bank", "churn" })) end
      part.frame = other(part.frame)
    end
    judge.clean(current.pair, current.memory)
    restart_frames()
  end
  return reached, said
end

-- What is needed to look at it: the state folder with witness, journals, disks and logs, and what this lab has lived through.
local function preserve(order, history)
  local folder = ("%s/%s-%s"):format(keep, os.date("%H%M%S"), order.id or "0")
  host(("mkdir -p '%s' && cp -a --sparse=always '%s' '%s/state'; ls -la '%s' >'%s/links'"):format(folder, current and
    current.pair:state_folder() or "/nowhere", folder, current and current.pair:runtime_folder() or "/nowhere", folder))
  local file = io.open(folder .. "/what", "w")
  if not file then return folder end
  file:write("found:\n  ", table.concat(judge.found, "\n  "), "\nin:\n  ", describe(order), "\nthe lab's history, oldest first:\n  ",
    table.concat(history, "\n  "), "\n")
  file:close()
  return folder
end

local history = {}
for line in io.lines() do
  local order = {}
  for name, value in line:gmatch("([%w_]+)=(%S+)") do order[name] = value end
  say("- " .. line)
  history[#history + 1] = line
  local began = now_ms()
  local well, reached, said = pcall(carry_out, order)
  if not well then judge.wrong("round", tostring(reached)) end
  local result = { id = order.id or "0", ms = math.floor(now_ms() - began), outcome = #judge.found > 0 and "violation" or
    reached and "well" or "not reached", said = well and said or "", found = table.concat(judge.found, "; ") }
  if #judge.found > 0 then result.kept = preserve(order, history) end
  say("result " .. json.text(result))
  if #judge.found > 0 then fail(table.concat(judge.found, "; ")) end
end
-- Nobody has an order any more.
if current then labs.down(current) end
