-- SPDX-License-Identifier: GPL-2.0-or-later
-- What the console's ssh costs, as OpenSSH's client sees it: a log-in with a key, a listing over an open connection, many sessions at
-- once, a log-in beside connections that say nothing. Writes JSON.
--   twinframe scenario tests/bench/ssh.lua FILE [REPETITIONS]
package.path = package.path .. ";tests/clients/?.lua"
local client = require "lib.client"
local host = client.host
local file, repetitions = arg[1], tonumber(arg[2] or "20")

local pair, ssh = client.start()
local results = {}
local function measure(name, once)
  local times = {}
  for _ = 1, repetitions do
    local began = now_ms()
    once()
    times[#times + 1] = now_ms() - began
  end
  table.sort(times)
  say(("  %-45s %4.0f ms in the middle, at most %4.0f"):format(name, times[(#times + 1) // 2], times[#times]))
  results[name] = times
end
local function well(line)
  local output, status = host(line)
  if status ~= 0 then fail(line .. ": " .. output) end
  return output
end

-- What the client itself takes is in all of these figures.
measure("ssh -V, for comparison", function() well "ssh -V" end)
measure("log-in with a key, and `true`", function() well(("ssh -F %s %s true"):format(ssh.file, ssh.name)) end)
measure("log-in with a key, and a listing", function() well(("ssh -F %s %s lssyscfg -r sys -F name"):format(ssh.file, ssh.name)) end)
local open = ("ssh -F %s -o ControlPath=%s/master %s"):format(ssh.file, pair:state_folder(), ssh.name)
well(open .. " -o ControlMaster=yes -fN")
measure("a listing over an open connection", function() well(open .. " lssyscfg -r sys -F name") end)
well(open .. " -O exit")
local once = repetitions
repetitions = 3
measure("50 sessions at once, a listing each", function()
  local output = well(("for i in $(seq 50); do ssh -F %s %s lssyscfg -r sys -F name & done; wait"):format(ssh.file, ssh.name))
  local _, answers = output:gsub("frameA\n", "")
  if answers ~= 50 then fail(answers .. " of 50 answered: " .. output) end
end)
local silent = ([[/usr/bin/python3 -c '
import socket, sys, time
all = [socket.create_connection(("%s", %d)) for i in range(1000)]
print("open", flush=True)
sys.stdin.read()
']]):format(ssh.address, ssh.port)
local pipe = io.popen(("ulimit -n 4096; %s >%s/silent 2>&1"):format(silent, pair:state_folder()), "w")
wait_until("1000 connections that say nothing", function() return host("cat " .. pair:state_folder() .. "/silent"):find "open" end)
repetitions = once
measure("log-in beside 1000 that say nothing", function() well(("ssh -F %s %s true"):format(ssh.file, ssh.name)) end)
pipe:close()
json.write(file, results)
