-- SPDX-License-Identifier: GPL-2.0-or-later
-- Labs to be tortured: one partition, or eight; their disks' files on file systems that can be filled.
local guest = require "lib.guest"
local host = require "lib.host"
local labs = {}

-- A file system of its own for each process's journal, one for the LUNs and the witness, and one for the rest, the ODMs and the logs among
-- it: each can be full alone. Needs a user namespace, in which ./torture starts this. (A limit on the size of files, RLIMIT_FSIZE, would be
-- another way, but it also forbids the shared memory of links: that is not what a full disk does.)
local file_systems = { { "", 64 }, { "/disks/frameA", 24 }, { "/disks/frameB", 24 }, { "/disks/hmc", 8 }, { "/disks/san", 24 } }

local function mount(state)
  local can = true
  for _, row in ipairs(file_systems) do
    local folder, megabytes = state .. row[1], row[2]
    local _, status = host(("mkdir -p -m 700 '%s' && mount -t tmpfs -o size=%dm,mode=700 torture '%s'"):format(folder, megabytes, folder))
    if status ~= 0 then can = false end
  end
  if not can then
    labs.unmount(state)
    return false
  end
  for _, name in ipairs { "frameA", "frameB", "hmc" } do
    host(("ln -s 'disks/%s/%s.journal' '%s/%s.journal'"):format(name, name, state, name))
  end
  host(("ln -s disks/san '%s/luns'"):format(state))
  return true
end

function labs.unmount(state)
  for i = #file_systems, 1, -1 do host(("umount -l '%s%s'"):format(state, file_systems[i][1])) end
end

-- `name`: a process, whose journal is on it; "san"; "state", the rest.
function labs.fill(lab, name)
  local folder = lab.pair:state_folder() .. (name == "state" and "" or "/disks/" .. name)
  host(("dd if=/dev/zero of='%s/fill' bs=4k"):format(folder))
end
function labs.free(lab)
  for _, row in ipairs(file_systems) do host(("rm -f '%s%s/fill'"):format(lab.pair:state_folder(), row[1])) end
end

-- The default lab with less memory; or eight partitions of its kind. None starts by itself: after a death of all processes somebody would
-- have to tell one that was started anew from one that has gone on.
local function file_of(kind)
  if kind == "one" then
    return lab.variant { { "desired_mem = 256", "desired_mem = 64" }, { "auto_start = true", "auto_start = false" } }
  end
  local changes, luns, parts, named = {}, {}, {}, {}
  for i = 1, 8 do
    named[i] = ('"p%d_root"'):format(i)
    luns[i] = ('[[lun]]\nname = "p%d_root"\nsize_mb = 4\n'):format(i)
    parts[i] = ([=[
  [[frame.partition]]
  name = "p%d"
  id = %d
  ip_address = "10.0.2.%d"
  desired_mem = 64
  disks = ["p%d_root"]
  vlans = [1]
  boot_image = "nomad"
  boot_arguments = "ip=10.0.2.%d"
]=]):format(i, 2 + i, 20 + i, i, 20 + i)
  end
  local source = assert(io.open(lab.default_file())):read("a")
  local first = source:match("%[%[lun%]%].-\n\n")
  local partition = source:match("  %[%[frame%.partition%]%].-\n\n")
  local luns_of_vios = '"mobile_root"'
  return lab.variant { { first, table.concat(luns, "\n") .. "\n" }, { partition, table.concat(parts, "\n") .. "\n" },
    { luns_of_vios, table.concat(named, ", ") }, { luns_of_vios, table.concat(named, ", ") } }
end

-- A lab whose partitions have booted and work, and what is remembered of it.
function labs.start(kind, judge)
  labs.started = (labs.started or 0) + 1
  local name = ("torture-%d"):format(labs.started)
  local state = lab.state_folder(name)
  host(("mkdir -p -m 700 '%s'"):format(state))
  local made = { kind = kind, disks = mount(state), parts = {}, names = {}, memory = {} }
  made.pair = lab.up { file = file_of(kind), name = name }
  for i = 1, kind == "eight" and 8 or 1 do made.parts[i] = { name = kind == "eight" and "p" .. i or "mobile", frame = "frameA" } end
  made.systems = judge.systems(made.pair)
  for _, part in ipairs(made.parts) do
    local on = made.pair:hmc("chsysstate -m frameA -r lpar -o on -n " .. part.name)
    if on.code ~= 0 then fail(on.output) end
    part.console = made.pair:console("frameA", part.name)
    part.console:wait(part.name .. "# ", 120)
    part.state = "Running"
    part.bank = guest.run(part.console, "bank rate=50")
    part.console:wait("bank: formatted", 60)
    guest.run(part.console, "churn set=16 rate=4000")
    part.formatted = true
  end
  for _, system in ipairs(made.pair:status().systems) do
    for _, lpar in ipairs(system.partitions) do
      for _, part in ipairs(made.parts) do
        if part.name == lpar.name then part.uuid, made.names[part.name] = lpar.uuid, part end
      end
    end
  end
  judge.learn_disks(made)
  guest.wait_for_rmc(made.pair, nil, 120)
  return made
end

function labs.down(made)
  local state = made.pair:state_folder()
  made.pair:down()
  if made.disks then labs.unmount(state) end
end

return labs
