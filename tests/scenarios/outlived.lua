-- SPDX-License-Identifier: GPL-2.0-or-later
-- A move to frameB fails, because frameB dies in the passes; nobody recovers, and the partition moves on to frameC. The recovery of the
-- first move, when it is asked for at last, takes away what that has left on frameB, and touches nothing else.
local guest = require "lib.guest"

local function frame(letter, digit, partition)
  return (([=[
[[frame]]
name = "frameLETTER"
memory_mb = 1024
[[frame.vios]]
name = "viosLETTER"
id = 1
ip_address = "10.0.2.2DIGIT"
luns = ["root"]
segments = ["lan0"]
]=]):gsub("LETTER", letter):gsub("DIGIT", digit)) .. (partition or "")
end
local file = os.tmpname()
local written = assert(io.open(file, "w"))
written:write([=[
name = "three"
[[lun]]
name = "root"
size_mb = 4
[[segment]]
name = "lan0"
network = "10.0.2.0/24"
]=], frame("A", 1, [=[
[[frame.partition]]
name = "mobile"
id = 3
ip_address = "10.0.2.15"
desired_mem = 64
disks = ["root"]
vlans = [1]
boot_image = "nomad"
boot_arguments = "ip=10.0.2.15"
auto_start = true
]=]), frame("B", 2), frame("C", 3))
written:close()

local lab3 = lab.up { file = file }
local console = lab3:console("frameA", "mobile")
console:wait("mobile# ", 60)
guest.run(console, "bank rate=50", "churn set=16 rate=1000")
console:wait("bank: formatted", 20)
guest.wait_for_rmc(lab3)

lab3:fault("frameA", "slow-mover:1000000")
local first = lab3:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(lab3, "passes", 60)
lab3:kill("frameB")
wait_until("the first move's end", function() return first:done() end, 120)
lab3:restart()
lab3:fault("frameA", "slow-mover:0")
check(lab3:where("mobile").frameB, "frameB still has the shell of the first move")
check_equal(lab3:where("mobile").frameA, "Running", "mobile goes on on frameA")

guest.wait_for_rmc(lab3)
local second = lab3:hmc("migrlpar -o m -m frameA -t frameC -p mobile")
check_equal(second.code, 0, "it moves on to frameC" .. (second.code == 0 and "" or ": " .. second.output))
for _, system in ipairs { "frameA", "frameB" } do
  local recovered = lab3:hmc("migrlpar -o r -m " .. system .. " -p mobile")
  say(("  recovery at %s: %d %s"):format(system, recovered.code, recovered.output))
end
check_equal(lab3:where("mobile"), { frameC = "Running" }, "it is on frameC, and nowhere else")
guest.all_well(console, "bank", "churn")
guest.check_clean(lab3)
guest.wait_for_rmc(lab3)
local third = lab3:hmc("migrlpar -o m -m frameC -t frameB -p mobile")
check_equal(third.code, 0, "and moves to frameB" .. (third.code == 0 and "" or ": " .. third.output))
os.remove(file)
