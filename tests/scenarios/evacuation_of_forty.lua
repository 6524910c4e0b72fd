-- SPDX-License-Identifier: GPL-2.0-or-later
-- Forty partitions, eight of which run, leave a server for two others, one of which dies in the middle; then the servers are made equally
-- full, and as few of them as possible are used.
local farm = require "lib.farm"

local partitions = {}
for number = 1, 40 do partitions[number] = { name = ("node%02d"):format(number), frame = "frameA", off = number > 8 } end
local site = farm.up(partitions, { memory = 2048, processors = 4 })
local function places()
  local count = {}
  for _, each in ipairs(partitions) do
    local found, on = site:where(each.name), 0
    for frame in pairs(found) do
      on = on + 1
      count[frame] = (count[frame] or 0) + 1
    end
    check(on == 1, each.name .. " is in one place")
  end
  return count
end

-- One may not migrate, and the plan says so; two stay apart.
site:hmc 'chsyscfg -r lpar -m frameA -i "name=node40,migration_disabled=1"'
local code, text = farm.run(site, "evacuate", "frameA --plan --apart node01,node02")
check_equal(code, 1, "the plan says that one stays")
check(text:find("# node40 stays: frameB: HSCLF032", 1, true), "with the reason: " .. text)
check(text:find("chsyscfg -r sys -m frameA -i maintenance=1\n", 1, true), "maintenance is a command of its own")
check_equal(select(2, text:gsub("migrlpar %-o m", "")), 39, "each move is a command that can be typed")
site:hmc 'chsyscfg -r lpar -m frameA -i "name=node40,migration_disabled=0"'

-- Some of them, and home again: the system is in no maintenance meanwhile.
code, text = farm.run(site, "evacuate", "frameA --partitions node01,node02 --plan")
check(code == 0 and not text:find("maintenance", 1, true) and select(2, text:gsub("\n", "")) == 2, "a plan of two: " .. text)

-- A destination dies in the middle.
local program = io.popen "readlink /proc/$PPID/exe":read "l"
local pid = io.popen((program .. " evacuate --lab %s frameA --parallel 8 >/dev/null 2>&1 & echo $!"):format(site:name())):read "l"
wait_until("a third of them has moved", function()
  local left = site:hmc("lssyscfg -r lpar -m frameA -F name").output
  return select(2, left:gsub("node", "")) < 27, left
end, 120)
local refused = site:hmc "migrlpar -o v -m frameB -t frameA -p node01"
check(refused.code ~= 0, "nobody comes in meanwhile: " .. refused.output)
site:kill "frameC"
wait_until("the command has ended", function() return os.execute("kill -0 " .. pid .. " 2>/dev/null") == nil end, 120)
site:restart()
wait_until("all systems answer", function()
  local listed = site:hmc("lssyscfg -r sys -F name,state").output
  return select(2, listed:gsub("Operating", "")) == 3, listed
end, 60)
wait_until("it goes on to its end", function()
  code, text = farm.run(site, "evacuate", "frameA --resume --parallel 8")
  return code == 0, text
end, 180)
local count = places()
check(not count.frameA and count.frameB + count.frameC == 40, "all forty have left")
local departed = site:hmc("lslparmigr -r departed -m frameA -F name,not_runnable_set_by,curr_sys_name").output
check_equal(select(2, departed:gsub("node%d%d,Migrate,frame[BC]\n", "")), 40, "the source tells where each is now")
check_equal(site:hmc("lssyscfg -r sys -m frameA -F maintenance").output, "1\n", "frameA is in maintenance")
refused = site:hmc "migrlpar -o m -m frameB -t frameA -p node01"
local other = site:hmc "migrlpar -o m -m frameC -t frameA -p node01"
check((refused.output .. other.output):find("HSCLF240", 1, true), "and takes nobody in: " .. refused.output .. other.output)

check_equal(farm.run(site, "evacuate", "frameA --back --parallel 8"), 0, "everybody comes home")
check_equal(places().frameA, 40, "all forty")
check_equal(site:hmc("lssyscfg -r sys -m frameA -F maintenance").output, "0\n", "frameA is in no maintenance any more")

-- Two servers for those that run, then one again. Who was on the server that died is off.
farm.wait_for_rmc(site)
code, text = farm.run(site, "balance", "--plan")
check(code == 0 and text:find("migrlpar -o m -m frameA -t frame", 1, true), "a plan: " .. text)
check_equal(farm.run(site, "balance", ""), 0, "the servers are made equally full")
count = places()
local running = 0
for frame in pairs(count) do
  if site:hmc("lssyscfg -r lpar -m " .. frame .. " -F name,state").output:find "node%d%d,Running" then running = running + 1 end
end
check(running > 1, running .. " servers have partitions that run")
code, text = farm.run(site, "balance", "--plan")
check(code == 0 and text:find("# No move would make", 1, true), "nothing is left to do: " .. text)
farm.wait_for_rmc(site)
code, text = farm.run(site, "consolidate", "--parallel 8")
check_equal(code, 0, "one server is enough: " .. text)
count = places()
local used = 0
for _ in pairs(count) do used = used + 1 end
check_equal(used, 1, "all are on one")
