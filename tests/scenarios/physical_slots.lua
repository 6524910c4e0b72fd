-- SPDX-License-Identifier: GPL-2.0-or-later
-- nomad shows the bus of what is in a physical slot, and gives it back and takes it while it runs. A slot that somebody else has is not
-- given twice, a required one stays, and all that is known after the server's process was killed. (Redbook 3.6.8)
local guest = require "lib.guest"

local pair, console = guest.start { file = lab.variant {
  { '  [[frame.vios]]\n  name = "viosA"', [==[
  [[frame.slot]]
  drc_index = "21010003"
  location = "U789D.001.DQDYKGK-P1-C3"
  adapter = "disk"

  [[frame.slot]]
  drc_index = "21010004"
  location = "U789D.001.DQDYKGK-P1-C4"
  adapter = "network"
  segment = "lan0"

  [[frame.vios]]
  name = "viosA"]==] },
  { '  auto_start = true\n', '  auto_start = true\n  io_slots = ["21010003/none/0", "21010007/none/1"]\n' },
} }
local run, refused = guest.commands(pair)
local function owners() return run("lshwres -r io --rsubtype slot -m frameA -F drc_index,lpar_name,description") end
local function buses()
  console:skip()
  console:run("lsdev -Cc bus")
  local shown = console:wait("(.-)mobile# ", 20)
  return select(2, shown:gsub("PCI Bus", ""))
end
local function chhwres(line) return run("chhwres -r io -m frameA " .. line) end

check_equal(owners(), [[
21010003,mobile,SCSI bus controller
21010004,null,Ethernet controller
21010007,mobile,Empty slot
]], "what the file describes, and what only the profile names")
check_equal(buses(), 1, "its bus is there, and an empty slot has none")
refused("chhwres -r io -m frameA -o r -p mobile -l 21010007", "HSCLF075")
refused("chhwres -r io -m frameA -o a -p viosA -l 21010003", "HSCLF073")
chhwres "-o r -p mobile -l 21010003"
check_equal(buses(), 0, "it has given its bus back")
chhwres "-o a -p viosA -l 21010003"
chhwres "-o m -p viosA -t mobile -l 21010003"
chhwres "-o a -p mobile -l 21010004"
check_equal(buses(), 2, "and has taken two")
check_equal(owners(), [[
21010003,mobile,SCSI bus controller
21010004,mobile,Ethernet controller
21010007,mobile,Empty slot
]], "the console says the same")
refused("migrlpar -o v -m frameA -t frameB -p mobile", "HSCLF216")

-- The next activation makes what the profile says.
pair:kill("frameA")
pair:restart()
wait_until("frameA answers", function() return owners():find("21010003,null", 1, true) end, 60)
check_equal(owners(), [[
21010003,null,SCSI bus controller
21010004,null,Ethernet controller
21010007,null,Empty slot
]], "a partition that is off has none")
run "chsysstate -m frameA -r lpar -o on -n mobile -f default"
console = guest.boot(pair)
check(owners():find("21010003,mobile", 1, true) and owners():find("21010004,null", 1, true), "its profile's, and no others")
