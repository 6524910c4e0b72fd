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
pair:down()
