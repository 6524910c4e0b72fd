-- SPDX-License-Identifier: GPL-2.0-or-later
-- A rolling update: each server is emptied, its process started again, and everybody comes home. The guests judge themselves.
local farm = require "lib.farm"
local guest = require "lib.guest"

local partitions = { { name = "bank1", frame = "frameA" }, { name = "bank2", frame = "frameA" }, { name = "shop", frame = "frameB" } }
local site = farm.up(partitions)
local consoles = {}
for _, each in ipairs(partitions) do
  consoles[each.name] = site:console(each.frame, each.name)
  guest.run(consoles[each.name], "ticker", "bank rate=20")
  consoles[each.name]:wait("bank: formatted", 20)
end
local function process(frame)
  for _, each in ipairs(site:status().processes) do
    if each.name == frame then return each.pid end
  end
end
local before = {}
for _, frame in ipairs { "frameA", "frameB", "frameC" } do before[frame] = process(frame) end

local code, text = farm.run(site, "roll", "--plan")
check(code == 0 and text:find("# frameA: its process is started again\ntwinframe evacuate frameA --back\n", 1, true), "the plan: " .. text)
site:hmc 'chsyscfg -r lpar -m frameB -i "name=shop,migration_disabled=1"'
code, text = farm.run(site, "roll", "")
check(code == 1 and text:find("shop would have to be stopped with frameB", 1, true), "nothing is begun if one would have to be stopped: " .. text)
check_equal(process "frameA", before.frameA, "frameA is the one of before")
site:hmc 'chsyscfg -r lpar -m frameB -i "name=shop,migration_disabled=0"'

code, text = farm.run(site, "roll", "")
check_equal(code, 0, "it goes through: " .. text)
for frame, pid in pairs(before) do check(process(frame) ~= pid, frame .. " is another process") end
for _, each in ipairs(partitions) do
  check_equal(site:where(each.name), { [each.frame] = "Running" }, each.name .. " is at home, and runs")
  guest.all_well(consoles[each.name], "ticker", "bank")
end
check_equal(farm.run(site, "roll", "--resume"), 1, "nothing is left to go on with")
