-- SPDX-License-Identifier: GPL-2.0-or-later
-- Labs with three servers, frameA to frameC, and many small partitions, whose disks all of them see.
local farm = {}

-- The text of a lab file. `partitions`: {name=..., frame=..., memory=..., off=...}, in the order of their ids from 3 on.
function farm.text(name, partitions, options)
  options = options or {}
  local lines = { ('name = "%s"\n\n[[segment]]\nname = "lan0"\nnetwork = "10.0.2.0/24"\n'):format(name) }
  local luns = {}
  for _, each in ipairs(partitions) do
    lines[#lines + 1] = ('[[lun]]\nname = "%s_root"\nsize_mb = %d\n'):format(each.name, each.disk or 16)
    luns[#luns + 1] = ('"%s_root"'):format(each.name)
  end
  for number, frame in ipairs { "frameA", "frameB", "frameC" } do
    lines[#lines + 1] = ('[[frame]]\nname = "%s"\ntype_model = "9117-MMA"\nserial_num = "10DD5A%d"\nmemory_mb = %d\nlmb_mb = 16\nprocessors = %d\n'):format(
      frame, number, options.memory or 16384, options.processors or 16)
    lines[#lines + 1] = ('  [[frame.vios]]\n  name = "vios%s"\n  id = 1\n  ip_address = "10.0.2.%d"\n  luns = [%s]\n  segments = ["lan0"]\n'):format(
      frame:sub(-1), 10 + number, table.concat(luns, ", "))
    for place, each in ipairs(partitions) do
      if each.frame == frame then
        lines[#lines + 1] = ([[
  [[frame.partition]%s
  name = "%s"
  id = %d
  ip_address = "10.0.2.%d"
  desired_mem = %d
  desired_procs = 1
  proc_mode = "shared"
  desired_proc_units = 10
  disks = ["%s_root"]
  vlans = [1]
  boot_image = "nomad"
  boot_arguments = "ip=10.0.2.%d"
  auto_start = %s
]]):format("]", each.name, place + 2, 20 + place, each.memory or 64, each.name, 20 + place,
          each.off and "false" or "true")
      end
    end
  end
  return table.concat(lines, "\n")
end

-- Starts it; all partitions can move then.
function farm.up(partitions, options)
  -- The lab's file is read again by commands, so that it stays as long as the lab does.
  local unique = os.tmpname()
  os.remove(unique)
  local name = "farm-" .. unique:match "%w+$"
  local file = lab.state_folder(name) .. "/farm.toml"
  local out = assert(io.open(file, "w"))
  out:write(farm.text(name, partitions, options))
  out:close()
  local site = lab.up { file = file, name = name }
  -- Who is off was on once, as far as SMS: else it could not migrate.
  for _, each in ipairs(partitions) do
    if each.off then
      for _, what in ipairs { "on -b sms", "shutdown --immed" } do
        local done = site:hmc(("chsysstate -r lpar -m %s -n %s -o %s"):format(each.frame, each.name, what))
        if done.code ~= 0 then fail(done.output) end
      end
    end
  end
  farm.wait_for_rmc(site)
  return site
end

function farm.wait_for_rmc(site, seconds)
  wait_until("RMC is active everywhere", function()
    for _, frame in ipairs { "frameA", "frameB", "frameC" } do
      local listed = site:hmc("lssyscfg -r lpar -m " .. frame .. " -F name,state,rmc_state").output
      for lpar, state, rmc in listed:gmatch "([^,\n]+),([^,\n]+),([^,\n]+)" do
        if state == "Running" and rmc ~= "active" then return false, lpar .. " on " .. frame .. " is " .. rmc end
      end
    end
    return true
  end, seconds or 120)
end

-- A command of ours on it: its exit status and its output.
function farm.run(site, command, words)
  local done = lab.program(("%s --lab %s %s"):format(command, site:name(), words))
  return done.code, done.output
end

return farm
