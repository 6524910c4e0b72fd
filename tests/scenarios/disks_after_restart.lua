-- SPDX-License-Identifier: GPL-2.0-or-later
-- Two partitions leave their frame and come back in the other order. After a restart of both frames each has its own disk, and the Virtual
-- I/O Servers have nothing of a partition that has left.
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
local before = { A = disks("A"), B = disks("B") }
check(before.A["0x00000003"] and before.A["0x00000004"] and before.A["0x00000003"] ~= before.A["0x00000004"], "each client has a disk")
check_equal(before.B, {}, "frameB serves nobody any more")
check_equal(profile("B"), "none\n", "nor does viosB's profile")
for _, name in ipairs { "frameA", "frameB" } do pair:kill(name) end
pair:restart()
check_equal(disks("A"), before.A, "each client has its own disk after the restart of frameA")
check_equal(disks("B"), before.B, "and nobody has one on frameB")
for name in pairs(accounts) do
  check_equal(pair:hmc("chsysstate -m frameA -r lpar -o on -n " .. name).code, 0, name .. " is activated")
  local console = pair:console("frameA", name)
  console:wait(name .. "# ", 60)
  console:run("run bank &")
  check_equal(console:wait("bank: recovered [^\n]*verdict=(%u+)", 30), "OK", name .. " finds its books")
end
os.remove(file)
