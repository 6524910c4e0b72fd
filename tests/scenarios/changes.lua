-- SPDX-License-Identifier: GPL-2.0-or-later
-- What has changed in a lab is in one list, in its order, with numbers that are never given twice: partitions, profiles, what is
-- current, states, a move, a frame that dies; and it goes on where it was when the HMC comes back.
local guest = require "lib.guest"

local pair, console = guest.start()

local last, seen = 0, ""
local function changes()
  local listed = lab.program(("changes --lab %s --after %d"):format(pair:name(), last))
  if listed.code ~= 0 then fail("there is no list: " .. listed.output) end
  local all = {}
  for line in listed.output:gmatch "[^\n]+" do
    local number, system, partition, kind, detail = line:match "^%s*(%d+) %S+ %S+ (%S+)%s+(%S+ ?%(?%d*%)?)%s+(%l+)%s+(.*)$"
    if not number or tonumber(number) <= last then fail("not higher than the number before: " .. line) end
    last = tonumber(number)
    all[#all + 1] = ("%s %s %s %s"):format(system, partition:match "%S+", kind, detail)
  end
  return table.concat(all, "\n") .. "\n"
end
local function heard(what)   -- all of these, in this order, since the last thing that was done
  wait_until(table.concat(what, ", "), function()
    seen = seen .. changes()
    local at = 1
    for _, line in ipairs(what) do
      local _, finish = seen:find(line .. "\n", at, true)
      if not finish then return false, "up to now:\n" .. seen end
      at = finish
    end
    return true
  end, 20)
  check(true, "heard: " .. table.concat(what, "; "))
end
local function run(line)
  seen = ""
  local done = pair:hmc(line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
end

heard { "frameA mobile partition defined", "frameA mobile current changed", "frameA mobile state Running" }
run "chsyscfg -r prof -m frameA -i name=default,lpar_name=mobile,uncap_weight=99"
heard { "frameA mobile profile default changed" }
run "migrlpar -o m -m frameA -t frameB -p mobile"
heard { "frameA mobile move to frameB: step 2, lock the configuration", "frameA mobile move to frameB: completed" }
heard { "frameB mobile partition defined", "frameB mobile state Running" }

pair:kill("hmc")
pair:restart()
changes()
run "chsyscfg -r lpar -m frameB -i name=mobile,new_name=other"
heard { "frameB other partition changed" }
seen = ""
pair:kill("frameA")
heard { "frameA - system No Connection" }
pair:restart()
heard { "frameA - system Operating" }
guest.wait_for_rmc(pair)
