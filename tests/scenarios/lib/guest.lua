-- SPDX-License-Identifier: GPL-2.0-or-later
-- What scenarios have in common: a guest that has booted, programs that judge themselves, moves, and the question who owns a partition.
local guest = {}

-- A change for lab.variant: each of the two servers has a console of its own, hmc1 and hmc2.
guest.two_consoles = { '[[hmc]]\nversion = "V7R3.2"', [==[
[[hmc]]
name = "hmc1"
frames = ["frameA"]

[[hmc]]
name = "hmc2"
frames = ["frameB"]
]==] }

-- Waits until `mobile` shows its prompt; answers its console.
function guest.boot(lab, frame)
  local console = lab:console(frame or "frameA", "mobile")
  console:wait("mobile# ", 60)
  return console
end

-- A move needs RMC to the guest and to the Virtual I/O Servers.
function guest.wait_for_rmc(lab, frame, seconds)
  wait_until("RMC is active everywhere", function()
    for _, name in ipairs { "frameA", "frameB" } do
      local listed = lab:hmc("lssyscfg -r lpar -m " .. name .. " -F name,state,rmc_state")
      for lpar, state, rmc in listed.output:gmatch("([^,\n]+),([^,\n]+),([^,\n]+)") do
        if state == "Running" and rmc ~= "active" then return false, lpar .. " on " .. name .. " is " .. rmc end
      end
    end
    return true
  end, seconds or 60)
end

-- A lab whose guest has booted and can move; its console.
function guest.start(options)
  local lab = lab.up(options or {})
  local console = guest.boot(lab)
  guest.wait_for_rmc(lab)
  return lab, console
end

-- Starts programs in the background. The shell's "[7]" is looked for without wait(): what a program has said before or meanwhile can
-- still be waited for. Answers their numbers, for `kill`.
function guest.run(console, ...)
  local numbers = {}
  for _, line in ipairs { ... } do
    local before = #console:text()
    console:run("run " .. line .. " &")
    numbers[#numbers + 1] = wait_until("the shell starts " .. line, function()
      return console:text():match("%[(%d+)%]", before + 1)
    end)
  end
  return table.unpack(numbers)
end

-- Asks the programs for their verdicts: name to {verdict=..., numbers}. On a busy host some answer after the shell has counted them;
-- those that do not answer in time are not in the table.
function guest.judge(console)
  console:skip()
  local before = #console:text()
  console:run("judge")
  local asked = tonumber((console:wait("judge: asked (%d+)", 20)))
  local verdicts
  pcall(wait_until, "all programs that were asked answer", function()
    local count = 0
    verdicts = {}
    for name, rest in console:text():sub(before + 1):gmatch("(%w+): ([^\n]*verdict=%u+)%s") do
      local values = {}
      for key, value in rest:gmatch("([%w_]+)=(%w+)") do values[key] = tonumber(value) or value end
      verdicts[name], count = values, count + 1
    end
    return count >= asked
  end, 10)
  return verdicts
end

-- Waits until a program says that it has done so much: "bank", "transactions", 20. Answers what it has said.
function guest.wait_for_work(console, name, what, least)
  return wait_until(("%s has %s=%d"):format(name, what, least), function()
    local verdict = guest.judge(console)[name]
    local done = verdict and verdict[what]
    return done and done >= least and verdict, ("%s says %s=%s"):format(name, what, done)
  end)
end

-- All these programs say that nothing happened to them.
function guest.all_well(console, ...)
  local verdicts = guest.judge(console)
  for _, name in ipairs { ... } do
    check(verdicts[name], name .. " answers")
    check_equal(verdicts[name].verdict, "OK", name .. " says that all is well")
  end
  return verdicts
end

function guest.migrate(lab, from, to, more)
  return lab:hmc(("migrlpar -o m -m %s -t %s -p mobile %s"):format(from, to, more or ""))
end

-- A move that has to succeed.
function guest.move(lab, from, to)
  local done = guest.migrate(lab, from, to)
  check_equal(done.code, 0, ("mobile moves from %s to %s"):format(from, to) .. (done.code == 0 and "" or ": " .. done.output))
end

-- Exactly one frame has the partition, and it is that one.
function guest.check_owner(lab, frame, state)
  local found = lab:where("mobile")
  local names = {}
  for name in pairs(found) do names[#names + 1] = name end
  check_equal(names, { frame }, "mobile is on " .. frame .. " and nowhere else")
  if state then check_equal(found[frame], state, "and it is " .. state) end
end

-- The latest move, as the HMC knows it.
function guest.last_move(lab)
  local moves = lab:moves()
  return moves[#moves]
end

-- Waits until the move that goes on has come to a state of its source stream: "passes" ...
function guest.wait_phase(lab, wanted, seconds)
  return wait_until("a move has come to phase " .. wanted, function()
    local move = guest.last_move(lab)
    if not move or (move.state ~= "starting" and move.state ~= "in_progress") then return nil, "none goes on" end
    if move.source.phase == wanted or move.target.phase == wanted then return move end
    return nil, ("its source is %s, its target %s"):format(move.source.phase, move.target.phase)
  end, seconds)
end

-- No mark of a migration is left anywhere, and no adapter for the partition on a VIOS of a frame that does not have it.
function guest.check_clean(lab)
  for _, system in ipairs(lab:status().systems) do
    for _, lpar in ipairs(system.partitions or {}) do
      check(not lpar.migrating, lpar.name .. " on " .. system.name .. " takes part in no migration")
    end
  end
end

-- Two functions. The first runs a command of the HMC, checks its exit status (0, or `code`), and answers its output; the second wants it to
-- be refused with this text in its output.
-- For scripts in the toy guest: what a line shows, up to the next prompt, and a file that is written there.
function guest.typing(console)
  local function shown(line)
    console:skip()
    local before = #console:text()
    console:run(line)
    console:wait("mobile# ", 30)
    return console:text():sub(before + 1):gsub("\r", "")
  end
  local function write_file(name, text)
    console:run(("cat > %s <<END"):format(name))
    for line in text:gmatch "([^\n]*)\n" do console:run(line) end
    shown "END"
  end
  return shown, write_file
end

function guest.commands(pair)
  local function run(line, code)
    local done = pair:hmc(line)
    check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
    return done.output
  end
  local function refused(line, with)
    local output = run(line, 1)
    check(output:find(with, 1, true), line .. ": " .. output)
  end
  return run, refused
end

return guest
