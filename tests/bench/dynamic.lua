-- SPDX-License-Identifier: GPL-2.0-or-later
-- What dynamic operations on Debian Linux cost: from the command to its end, with all that HMC, agent, drmgr and kernel do. Writes JSON.
--   twinframe scenario tests/bench/dynamic.lua FILE [REPETITIONS]
package.path = package.path .. ";tests/scenarios/?.lua"
local linux = require "lib.linux"
local file, repetitions = arg[1], tonumber(arg[2] or "6")

local pair = linux.boot { { "desired_mem = 512", "desired_mem = 1024\n  max_mem = 1536" },
  { "desired_procs = 2", "desired_procs = 2\n  max_procs = 3" } }
local results = {}
for _, operation in ipairs { { "512 MiB", "-r mem -o %s -q 512" }, { "a processor", "-r proc -o %s --procs 1" },
  { "an Ethernet adapter", "-r virtualio -o %s --rsubtype eth -s 9" } } do
  local ways = { { "comes", "a", {} }, { "goes", "r", {} } }
  for _ = 1, repetitions do
    for _, way in ipairs(ways) do
      local began = now_ms()
      local done = pair:hmc("chhwres -m frameA -p linux " .. operation[2]:format(way[2]))
      if done.code ~= 0 then fail(done.output) end
      way[3][#way[3] + 1] = now_ms() - began
    end
  end
  for _, way in ipairs(ways) do
    table.sort(way[3])
    say(("  %-20s %-5s in %4.0f ms, at most %4.0f"):format(operation[1], way[1], way[3][(#way[3] + 1) // 2], way[3][#way[3]]))
    results[operation[1] .. " " .. way[1]] = way[3]
  end
end
json.write(file, results)
