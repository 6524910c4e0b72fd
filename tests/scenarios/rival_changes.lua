-- SPDX-License-Identifier: GPL-2.0-or-later
-- Commands that change one profile, or one partition, at the same time: each of them counts.
local pair = lab.up { file = lab.default_file() }

local function all_at_once(commands)
  local tasks = {}
  for i, command in ipairs(commands) do tasks[i] = pair:start(command) end
  for i, task in ipairs(tasks) do
    local done = task:wait(60)
    check_equal(done.code, 0, commands[i] .. (done.code == 0 and "" or ": " .. done.output))
  end
end

local commands = {}
for slot = 4, 15 do
  commands[#commands + 1] = ('chsyscfg -r prof -m frameA -i "name=default,lpar_name=mobile,virtual_serial_adapters+=%d/server/1/any//any/0"'):format(slot)
end
all_at_once(commands)
local adapters = pair:hmc("lssyscfg -r prof -m frameA --filter lpar_names=mobile -F virtual_serial_adapters").output
for slot = 4, 15 do check(adapters:find("%f[%d]" .. slot .. "/server"), "the profile has the adapter in slot " .. slot) end

all_at_once {
  'chsyscfg -r prof -m frameA -i "name=default,lpar_name=mobile,uncap_weight=77"',
  'chsyscfg -r prof -m frameA -i "name=default,lpar_name=mobile,bsr_arrays=3"',
  'chsyscfg -r lpar -m frameA -i "name=mobile,description=moves"',
  'chsyscfg -r lpar -m frameA -i "name=mobile,time_ref=1"',
}
check_equal(pair:hmc("lssyscfg -r prof -m frameA --filter lpar_names=mobile -F uncap_weight,bsr_arrays").output, "77,3\n", "both numbers are there")
check_equal(pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F description,time_ref").output, "moves,1\n", "so are both of the partition")

-- What is the system's own, too.
for round = 1, 8 do
  all_at_once {
    ('chhwres -r procpool -m frameA -o s --poolid 3 -a "max_pool_proc_units=%d"'):format(round % 3 + 1),
    ('chhwres -r procpool -m frameA -o s --poolid 3 -a "new_name=Web%d"'):format(round),
  }
  local pools = pair:hmc("lshwres -r procpool -m frameA -F name,max_pool_proc_units").output
  check(pools:find(("\nWeb%d,%d.0\n"):format(round, round % 3 + 1)), "the pool has its name and its maximum: " .. pools:sub(1, 80))
end
all_at_once {
  "chsyscfg -r sys -m frameA -i service_lpar_id=1",
  "chsyscfg -r sys -m frameA -i service_lpar_id=3",
}
local system = pair:hmc("lssyscfg -r sys -m frameA -F service_lpar_id").output
check(system == "1\n" or system == "3\n", "one is the service partition: " .. system)
pair:down()
