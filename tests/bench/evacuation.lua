-- SPDX-License-Identifier: GPL-2.0-or-later
-- Twenty nomads of 256 MiB leave a server for two others, against one move of the same run. Writes JSON.
--   twinframe scenario tests/bench/evacuation.lua FILE [PARALLEL]
package.path = package.path .. ";tests/scenarios/?.lua"
local farm = require "lib.farm"
local file, parallel = arg[1], tonumber(arg[2] or "4")
local count = 20

local partitions = { { name = "alone", frame = "frameA", memory = 256 } }
for number = 1, count do partitions[#partitions + 1] = { name = ("node%02d"):format(number), frame = "frameA", memory = 256 } end
local site = farm.up(partitions)

-- There and back, three times: with what the command itself takes.
local moves = {}
for _ = 1, 3 do
  for _, way in ipairs { { "frameA", "frameB" }, { "frameB", "frameA" } } do
    local began = now_ms()
    local done = site:hmc(("migrlpar -o m -m %s -t %s -p alone"):format(way[1], way[2]))
    if done.code ~= 0 then fail(done.output) end
    moves[#moves + 1] = now_ms() - began
    farm.wait_for_rmc(site)
  end
end
table.sort(moves)
local one = moves[#moves // 2 + 1]

local names = {}
for number = 2, #partitions do names[#names + 1] = partitions[number].name end
local began = now_ms()
local planned, plan = farm.run(site, "evacuate", "frameA --plan --partitions " .. table.concat(names, ","))
if planned ~= 0 then fail(plan) end
local planning = now_ms() - began
began = now_ms()
local code, text = farm.run(site, "evacuate", ("frameA --parallel %d --partitions %s"):format(parallel, table.concat(names, ",")))
if code ~= 0 then fail(text) end
local all = now_ms() - began - planning
local reach = 1.3 * count / parallel * one
say(("  one move %.0f ms; %d, %d at a time, %.0f ms and %.0f ms of planning; %.2f of %d / %d moves (to reach: 1.3)"):format(
  one, count, parallel, all, planning, all / (count / parallel * one), count, parallel))
json.write(file, { one_ms = one, all_ms = all, planning_ms = planning, parallel = parallel, count = count, reached = all <= reach })
