-- SPDX-License-Identifier: GPL-2.0-or-later
-- One judgement for everything that torture does to a lab: who owns its partitions, what they have lost, what is left over. What is found
-- wrong is collected; `judge.found` has a line for each, which begins with its kind: owner, state, left over, disk, books, guest, next
-- move, recovery, restart.
local guest = require "lib.guest"
local host = require "lib.host"
local judge = { found = {} }

local here = package.path:match("^(.-)%?%.lua")
local frames = { "frameA", "frameB" }
local vios = { frameA = "viosA", frameB = "viosB" }

function judge.wrong(kind, text)
  local line = kind .. ": " .. text:gsub("%s+$", "")
  say("  VIOLATION " .. line)
  judge.found[#judge.found + 1] = line
end

-- Waits for what must come to be so; says what is wrong if it does not. Answers whether it did.
local function comes(kind, sentence, condition, seconds)
  local well, reason = pcall(wait_until, sentence, condition, seconds or 20)
  if not well then judge.wrong(kind, tostring(reason):gsub("^.-FAILED: ", "")) end
  return well
end
judge.comes = comes

local function count(list)
  local n = 0
  for _ in pairs(list) do n = n + 1 end
  return n
end

-- What the lab's files say (tests/torture/stored).
function judge.stored(pair)
  local output, status = host(("'%sstored' '%s'"):format(here, pair:state_folder()))
  local said = { witness = {}, lpars = {}, streams = {}, moves = {}, error = status ~= 0 and output or nil }
  for line in output:gmatch("[^\n]+") do
    local words = {}
    for word in line:gmatch("%S+") do words[#words + 1] = word end
    if words[1] == "witness" then
      said.witness[words[2]] = { owner = words[3], number = tonumber(words[4]), state = words[5], stream = words[6], other = words[7] }
    elseif words[1] == "lpar" then
      for i = 4, #words do
        said.lpars[words[i]] = said.lpars[words[i]] or {}
        table.insert(said.lpars[words[i]], words[2])
      end
    elseif words[1] == "stream" then said.streams[#said.streams + 1] = line
    elseif words[1] == "move" then said.moves[#said.moves + 1] = line end
  end
  return said
end

-- Frame to "9117-MMA*10DD4AC", as the witness names it.
function judge.systems(pair)
  local names = {}
  for _, system in ipairs(pair:status().systems) do names[system.name] = system.type_model .. "*" .. system.serial_num end
  return names
end

-- Exactly one owner: by the frames' processes, by the witness, by the journals. Answers the frame and the state there, or nil.
function judge.owner(pair, systems, uuid, name)
  local found = pair:where(name)
  local owner = next(found)
  if count(found) ~= 1 then
    judge.wrong("owner", ("%s is known to %d frames: %s"):format(name, count(found), json.text(found)))
    return nil
  end
  local said = judge.stored(pair)
  if said.error then judge.wrong("owner", "the files cannot be read: " .. said.error) end
  local witness = said.witness[uuid]
  if not witness then judge.wrong("owner", "the witness does not know " .. name)
  else
    if witness.owner ~= systems[owner] then
      judge.wrong("owner", ("%s is on %s, but the witness says %s, %s"):format(name, owner, witness.owner, witness.state))
    end
    if witness.state == "HANDED_OVER" then judge.wrong("owner", name .. " is still HANDED_OVER at the witness") end
  end
  local journals = said.lpars[uuid] or {}
  if #journals ~= 1 or journals[1] ~= owner then
    judge.wrong("owner", ("%s is on %s, but in the journals of %s"):format(name, owner, json.text(journals)))
  end
  return owner, found[owner]
end

-- Client's number to its disk, as a frame's VIOS exports it; nil while it does not answer.
local function exports(pair, frame)
  local listed = pair:vios(frame, vios[frame], "lsmap -all")
  if listed.code ~= 0 then return nil, listed.output end
  local found = {}
  for part in (listed.output:gsub("SVSA ", "\1SVSA ") .. "\1"):gmatch("(SVSA .-)\1") do
    local client, disk = part:match("(0x%x+)"), part:match("Backing device%s+(%S+)")
    if client and tonumber(client) ~= 0 then found[client] = disk or "none" end
  end
  return found
end

-- Each partition's disk is exported where it is, and nowhere else; the VIOSes' profiles agree. `names`: of all partitions, with their disks.
function judge.disks(pair, names, when)
  for _, frame in ipairs(frames) do
    comes("disk", frame .. " exports the disks of its partitions" .. when, function()
      local expected, hosts = {}, 0
      for _, system in ipairs(pair:status().systems) do
        for _, lpar in ipairs(system.name == frame and system.partitions or {}) do
          if names[lpar.name] then
            expected[("0x%08x"):format(lpar.id)] = names[lpar.name].disk[frame]
            hosts = hosts + 1
          end
        end
      end
      local well, found, reason = pcall(exports, pair, frame)
      if not well or not found then return nil, tostring(reason or found) end
      if json.text(found) ~= json.text(expected) then
        return nil, ("there are %s instead of %s"):format(json.text(found), json.text(expected))
      end
      local profile = pair:hmc(("lssyscfg -r prof -m %s -F virtual_scsi_adapters --filter lpar_names=%s"):format(frame, vios[frame]))
      local _, adapters = profile.output:gsub("/server/", "")
      if adapters ~= hosts then return nil, ("%d partitions, but %s's profile has %s"):format(hosts, vios[frame], profile.output) end
      return true
    end)
  end
end

-- Which disk of each VIOS is a partition's: both VIOSes have the LUNs of the lab in the same order.
function judge.learn_disks(made)
  local status = made.pair:status()
  for _, system in ipairs(status.systems) do
    for _, lpar in ipairs(system.partitions) do
      local part = made.names[lpar.name]
      if part then
        local disk = wait_until("the disk of " .. lpar.name .. " is exported", function()
          return (exports(made.pair, system.name) or {})[("0x%08x"):format(lpar.id)]
        end, 60)
        part.disk = { frameA = disk, frameB = disk }
      end
    end
  end
end

-- Nothing of a move is left: no mark, stream, journal's entry, link, lock, memory. `memory`: what a frame has
-- free, by the number of partitions that run on it; the frames are alike.
function judge.clean(pair, memory)
  comes("left over", "nothing of a migration is left", function()
    local status = pair:status()
    for _, system in ipairs(status.systems) do
      for _, lpar in ipairs(system.partitions or {}) do
        if lpar.migrating then return nil, lpar.name .. " on " .. system.name .. " takes part in a migration" end
      end
      local active = 0
      for _, lpar in ipairs(system.partitions or {}) do active = active + (lpar.state == "Running" and 1 or 0) end
      local free = system.available_mem_mb or -1
      memory[active] = memory[active] or free
      if free ~= memory[active] then
        return nil, ("%s has %d MiB free with %d partitions that run, but %d is right"):format(system.name, free, active, memory[active])
      end
    end
    local said = judge.stored(pair)
    if said.error then return nil, said.error end
    if #said.streams > 0 then return nil, "a journal has " .. table.concat(said.streams, ", ") end
    if #said.moves > 0 then return nil, "the HMC's journal has " .. table.concat(said.moves, ", ") end
    local links = host(("ls '%s'"):format(pair:runtime_folder())):match("move%-[^\n]*")
    if links then return nil, "the link " .. links .. " is left" end
    return true
  end)
  -- What a move holds can be changed when it is over.
  for _, frame in ipairs(frames) do
    for _, line in ipairs { 'chsyscfg -r lpar -m %s -i "name=%s,msp=1"' } do
      comes("left over", "no lock is left on " .. frame, function()
        local done = pair:hmc(line:format(frame, vios[frame]))
        return done.code == 0, done.output
      end)
    end
  end
end

-- A partition that runs: its programs say that nothing happened to them. Answers the bank's numbers.
function judge.guest(console, name, programs)
  local verdicts
  comes("guest", name .. "'s programs answer", function()
    verdicts = guest.judge(console)
    for _, program in ipairs(programs) do
      if not verdicts[program] then return nil, program .. " does not answer" end
    end
    return true
  end, 40)
  for _, program in ipairs(programs) do
    local said = verdicts and verdicts[program]
    if said and said.verdict ~= "OK" then judge.wrong(program == "bank" and "books" or "guest", name .. ": " .. json.text(said)) end
  end
  return verdicts and verdicts.bank
end

-- What the bank has said when it began again on the disk that it had; `sequence`: that of the last transaction that it told of.
function judge.books(console, name, sequence)
  local well, number, lost, errors, verdict = pcall(console.wait, console,
    "bank: recovered sequence=(%d+) lost=(%d+) errors=(%d+) verdict=(%u+)%s", 40)
  if not well then
    judge.wrong("books", name .. ": " .. tostring(number))
  elseif tonumber(lost) > 0 or verdict ~= "OK" then
    judge.wrong("books", ("%s: lost=%s errors=%s verdict=%s"):format(name, lost, errors, verdict))
  elseif tonumber(number) < (sequence or 0) then
    judge.wrong("books", ("%s: it ends with transaction %s, but %d was committed"):format(name, number, sequence))
  end
end

return judge
