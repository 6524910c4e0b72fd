-- SPDX-License-Identifier: GPL-2.0-or-later
-- A site's saved outputs become a lab that lists the same: the outputs of a lab of ours, imported and started, are those outputs.
local host = require "lib.host"

local first = lab.up()
local folder = first:state_folder() .. "/site"
local systems = { "frameA", "frameB" }
local listings = {
  lpar = "lssyscfg -r lpar -m %s",
  prof = "lssyscfg -r prof -m %s",
  ["mem-sys"] = "lshwres -r mem --level sys -m %s",
  ["mem-lpar"] = "lshwres -r mem --level lpar -m %s",
  ["proc-sys"] = "lshwres -r proc --level sys -m %s",
  ["proc-lpar"] = "lshwres -r proc --level lpar -m %s",
  scsi = "lshwres -r virtualio --rsubtype scsi --level lpar -m %s",
  eth = "lshwres -r virtualio --rsubtype eth --level lpar -m %s",
}
local function write(name, text)
  local file <close> = io.open(folder .. "/" .. name, "w")
  file:write(text)
end
-- The partition is off there and here, and its servers have answered.
first:wait_state("frameA", "mobile", "Running")
check_equal(first:hmc("chsysstate -r lpar -m frameA -o shutdown -n mobile --immed").code, 0, "the partition is off")
local function servers_answer(of)
  wait_until("the servers have answered", function()
    for _, system in ipairs(systems) do
      if of:hmc("lssyscfg -r lpar -m " .. system .. " --filter lpar_ids=1 -F rmc_state").output ~= "active\n" then return false end
    end
    return true
  end)
end
servers_answer(first)
check_equal(first:hmc("mksyscfg -r prof -m frameA -i name=large,lpar_name=mobile,min_mem=256,desired_mem=512,max_mem=1024,proc_mode=ded,min_procs=1,desired_procs=2,max_procs=4,sharing_mode=share_idle_procs,max_virtual_slots=30").code, 0,
  "it has a second profile")

host("mkdir -p " .. folder .. "/frameA " .. folder .. "/frameB")
write("sys.txt", first:hmc("lssyscfg -r sys").output)
local function outputs_of(of)
  local all = {}
  for _, system in ipairs(systems) do
    for name, command in pairs(listings) do all[system .. "/" .. name] = of:hmc(command:format(system)).output end
  end
  all["frameA/viosA.lsmap"] = of:vios("frameA", "viosA", "lsmap -all").output
  all["frameA/viosA.lsmap-net"] = of:vios("frameA", "viosA", "lsmap -all -net").output
  all["frameB/viosB.lsmap"] = of:vios("frameB", "viosB", "lsmap -all").output
  return all
end
local saved = outputs_of(first)
for name, text in pairs(saved) do write(name, text) end
local made = folder .. ".toml"
local import = "import " .. folder
local imported = lab.program(import .. " -o " .. made)
check_equal(imported.code, 0, "the outputs are imported: " .. imported.output)
check(lab.try(made), "the lab file can be read")
-- Which release the console was is not among the outputs; it decides what is listed.
local more = io.open(made, "a")
more:write('\n[[hmc]]\nversion = "V7R3.2"\n')
more:close()
check_equal(lab.program(import .. " -o " .. made).code, 1, "a file that is there is not written over")

-- What is broken makes no lab file.
local function refused(file, text, why)
  local before = saved[file] or ""
  write(file, text)
  local outcome = lab.program(import .. " -o " .. folder .. "-broken.toml")
  check(outcome.code == 1 and select(2, outcome.output:gsub("\n", "\n")) == 1 and outcome.output:find(why, 1, true), outcome.output)
  check(not io.open(folder .. "-broken.toml"), "nothing was written")
  write(file, before)
end
refused("frameA/prof", "name=default,lpar_name=mobile,\"virtual_scsi_adapters=2/client\n", "frameA/prof:1")
refused("frameA/lpar", "HSCL8018 The managed system frameA was not found.\n", "frameA/lpar:1")
refused("frameA/mem-sys", "", "lshwres -r mem --level sys of frameA")

first:down()
local second = lab.up { file = made }
servers_answer(second)
local now = outputs_of(second)
-- Neither what a partition has been before, nor what its guest has told; and a lab file has one auto_start for a partition and its profiles.
local function what_stays(text)
  return (text:gsub(",curr_profile=[^,]*", ""):gsub(",os=[^,]*", ""):gsub(",os_version=[^,]*", ""):gsub(",rmc_state=[^,]*", "")
    :gsub(",auto_start=[^,]*", ""))
end
for file, text in pairs(saved) do
  -- A partition that never ran has no current configuration yet.
  if not file:find "^frameA/mem%-lpar" and not file:find "^frameA/proc%-lpar" then
    check_equal(what_stays(now[file]), what_stays(text), file .. " is the same")
  end
end
