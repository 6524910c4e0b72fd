-- SPDX-License-Identifier: GPL-2.0-or-later
-- What scripts begin with: `up --wait`, which comes back when migrations can begin, its variables for a shell and its JSON; and `events`,
-- a line for each change from now on.
local host = require "lib.host"

local pair = lab.up()
local name = pair:name()
local program = host("readlink /proc/$PPID/exe"):gsub("\n", "")
-- Of the standard output alone.
local function output_of(words)
  local output, status = host(("(('%s' %s) 2>%s/stderr)"):format(program, words, pair:state_folder()))
  check_equal(status, 0, words .. (status == 0 and "" or ": " .. output))
  return output
end
local up = ("up --name %s %s"):format(name, lab.default_file())

local variables = output_of(up .. " --wait --env")
check_equal(pair:hmc("lssyscfg -r lpar -m frameA -F name,state,rmc_state").output, "viosA,Running,active\nmobile,Running,active\n", "who waits finds all partitions booted")
for line in variables:gmatch "[^\n]+" do check(line:find "^export [%u_]+='.*'$", "a variable of a shell: " .. line) end
local logged_in = host(("%s ssh -F none -p $HMC_PORT -i $HMC_KEY_FILE -o UserKnownHostsFile=$HMC_KNOWN_HOSTS $HMC_USER@$HMC_ADDRESS lssyscfg -r sys -F name"):format((variables:gsub("\n", ";"))))
check_equal(logged_in, "frameA\nframeB\n", "with them a client gets in")
local json_text = output_of(up .. " --json")
check(json_text:find '^{' and json_text:find('"name": "' .. name .. '"', 1, true) and json_text:find '"host_key_fingerprint"', "the same as JSON")
local refused, status = host(("'%s' %s --json --env"):format(program, up))
check(status == 2 and refused:find("take one of them", 1, true), "not both: " .. refused)

-- Events.
local file = pair:state_folder() .. "/events"
host(("'%s' events --lab %s >%s 2>&1 & echo $! >%s.pid"):format(program, name, file, file))
local function events() return (host("cat " .. file)) end
-- It has begun when it has heard something.
local number = 0
wait_until("events are heard", function()
  number = number + 1
  pair:hmc(("chsyscfg -r lpar -m frameA -i lpar_id=3,new_name=mobile%d"):format(number))
  return events() ~= ""
end)
check_equal(pair:hmc("chsyscfg -r lpar -m frameA -i lpar_id=3,new_name=mobile").code, 0, "the partition has its name again")
check_equal(pair:hmc("chsysstate -r lpar -m frameA -o shutdown -n mobile --immed").code, 0, "a partition is powered off")
wait_until("its new state is an event", function() return events():find('"kind":"state","detail":"Not Activated"', 1, true) end)
for line in events():gmatch "[^\n]+" do
  check(line:find '^{"number":%d+,"wall_ns":%d+,"system":"frame%u","lpar_id":%d+,"lpar_name":".-","kind":"%l+","detail":".*"}$', "a line is an object: " .. line)
end
host(("kill $(cat %s.pid)"):format(file))
