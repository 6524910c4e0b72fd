-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two partitions leave their frame and come back in the other order, by moves that go well, are rolled back, are recovered, and while they are
-- off. After each, and after restarts, each has its own disk, and the Virtual I/O Servers and their profiles have exactly that.
local guest = require "lib.guest"

local function partition(name, id)
  local text = [=[
[[frame.partition]]
name = "NAME"
id = ID
ip_address = "10.0.2.1ID"
desired_mem = 64
disks = ["NAME_root"]
vlans = [1]
boot_image = "nomad"
boot_arguments = "ip=10.0.2.1ID"
auto_start = true
]=]
  return (text:gsub("NAME", name):gsub("ID", id))
end
local function frame(letter, address)
  local text = [=[
[[frame]]
name = "frameLETTER"
memory_mb = 1024
[[frame.vios]]
name = "viosLETTER"
id = 1
ip_address = "ADDRESS"
luns = ["one_root", "two_root"]
segments = ["lan0"]
]=]
  return (text:gsub("LETTER", letter):gsub("ADDRESS", address))
end
local file = os.tmpname()
local written = assert(io.open(file, "w"))
written:write([=[
name = "disks"
[[lun]]
name = "one_root"
size_mb = 4
[[lun]]
name = "two_root"
size_mb = 4
[[segment]]
name = "lan0"
network = "10.0.2.0/24"
]=], frame("A", "10.0.2.11"), partition("one", 3), partition("two", 4), frame("B", "10.0.2.12"))
written:close()

local pair = lab.up { file = file }
local accounts = { one = "64", two = "128" }
for name, count in pairs(accounts) do
  local console = pair:console("frameA", name)
  console:wait(name .. "# ", 60)
  console:run("run bank rate=50 accounts=" .. count .. " &")
  check_equal(console:wait("bank: formatted accounts=(%d+)", 30), count, name .. " has formatted its disk")
end

local function move(name, from, to)
  guest.wait_for_rmc(pair)
  local done = pair:hmc(("migrlpar -o m -m %s -t %s -p %s"):format(from, to, name))
  check_equal(done.code, 0, name .. " moves to " .. to .. (done.code == 0 and "" or ": " .. done.output))
end
move("one", "frameA", "frameB")
move("two", "frameA", "frameB")
move("two", "frameB", "frameA")
move("one", "frameB", "frameA")

-- Each client's disk, as lsmap -all tells it.
local function disks(letter)
  local text, found = pair:vios("frame" .. letter, "vios" .. letter, "lsmap -all").output, {}
  for part in (text:gsub("SVSA ", "\1SVSA ") .. "\1"):gmatch("(SVSA .-)\1") do
    local client, disk = part:match("(0x%x+)"), part:match("Backing device%s+(%S+)")
    if client then found[client] = disk or "none" end
  end
  return found
end
local function profile(letter)
  return pair:hmc(("lssyscfg -r prof -m frame%s -F virtual_scsi_adapters --filter lpar_names=vios%s"):format(letter, letter)).output
end
-- Of each frame, exactly what its partitions need: no adapter more, none less, and behind each the disk of its partition.
local backing = { one = "hdisk1", two = "hdisk2" }
local function exact(title)
  for _, letter in ipairs { "A", "B" } do
    local wanted_disks, wanted_clients, clients = {}, {}, {}
    local listed = pair:hmc(("lssyscfg -r lpar -m frame%s -F name,lpar_id"):format(letter)).output
    for name, id in listed:gmatch("(%w+),(%d+)") do
      if backing[name] then wanted_disks[("0x%08x"):format(id)], wanted_clients[id] = backing[name], name end
    end
    for id, name in profile(letter):gmatch("%d+/server/(%d+)/([^/]*)/") do clients[id] = name end
    check_equal(disks(letter), wanted_disks, ("%s: vios%s has the disks of those that are there"):format(title, letter))
    check_equal(clients, wanted_clients, ("%s: so has its profile"):format(title))
  end
end
local function restart(title)
  for _, name in ipairs { "frameA", "frameB" } do pair:kill(name) end
  pair:restart()
  exact(title)
end
-- They are off: both are activated, and look at what they find.
local function books(frame)
  for name in pairs(accounts) do
    local activated = pair:hmc(("chsysstate -m %s -r lpar -o on -n %s"):format(frame, name))
    check_equal(activated.code, 0, name .. " is activated" .. activated.output)
    local console = pair:console(frame, name)
    console:wait(name .. "# ", 60)
    console:run("run bank rate=50 &")
    check_equal(console:wait("bank: recovered [^\n]*verdict=(%u+)%s", 30), "OK", name .. " finds its books")
  end
end
-- A move in which a frame dies. All is started again, and recovered.
local function dies(name, from, to, who, at)
  guest.wait_for_rmc(pair)
  pair:fault(who, "die-at:" .. at)
  local task = pair:start(("migrlpar -o m -m %s -t %s -p %s"):format(from, to, name))
  pair:wait_dead(who, 60)
  wait_until("the end of the command", function() return task:done() end, 120)
  pair:restart()
  for _, frame in ipairs { from, to } do pair:hmc(("migrlpar -o r -m %s -p %s"):format(frame, name)) end
end
local function off(frame)
  for name in pairs(accounts) do
    check_equal(pair:hmc(("chsysstate -m %s -r lpar -o shutdown -n %s --immed"):format(frame, name)).code, 0, name .. " is off")
    pair:wait_state(frame, name, "Not Activated")
  end
end

exact("back in the other order")
restart("restarted")
check_equal(profile("B"), "none\n", "viosB's profile serves nobody")
books("frameA")

dies("one", "frameA", "frameB", "frameB", "passes")
exact("rolled back")
move("two", "frameA", "frameB")
dies("one", "frameA", "frameB", "frameA", "before-finished")
exact("recovered")
off("frameB")
restart("recovered and restarted")
move("two", "frameB", "frameA")
move("one", "frameB", "frameA")
exact("back while they are off")
for _, letter in ipairs { "A", "B" } do
  for _, how in ipairs { "shutdown --immed", "on" } do
    local done = pair:hmc(("chsysstate -m frame%s -r lpar -n vios%s -o %s"):format(letter, letter, how))
    check_equal(done.code, 0, ("vios%s: %s%s"):format(letter, how, done.output))
  end
end
exact("with servers that were activated again")
books("frameA")
os.remove(file)
