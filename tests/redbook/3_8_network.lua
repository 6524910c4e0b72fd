-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 3.8; 3.3.3 - 3.3.5
-- teaches: the network is prepared while everything runs: a shared Ethernet adapter on both servers for a second VLAN, an adapter for the partition, which its system sees; and power, memory and processors of the destination are looked up
-- verdict: as in the book
-- simplified: nothing
-- Redbook 3.8: shared Ethernet adapters for all external networks, on source and destination.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local port = '  segments = ["lan0"]\n  ports = ["lan1"]\n'
local pair, console = guest.start { file = lab.variant {
  { '[[segment]]\n', '[[segment]]\nname = "lan1"\nnetwork = "10.0.3.0/24"\n\n[[segment]]\n' },
  { '  segments = ["lan0"]\n\n  [[frame.partition]]', port .. '\n  [[frame.partition]]' },
  { '  ip_address = "10.0.2.12"\n  luns = ["mobile_root"]\n  segments = ["lan0"]', '  ip_address = "10.0.2.12"\n  luns = ["mobile_root"]\n' .. port },
} }
local run, refused = guest.commands(pair)
local function vios(frame, line)
  local done = pair:vios(frame, "vios" .. frame:sub(-1), line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end

-- 3.3.3 - 3.3.5: what the destination has.
check_equal(run "lshwres -r mem -m frameB --level sys -F mem_region_size", "16\n", "memory blocks of the same size")
local free = tonumber((run "lshwres -r mem -m frameB --level sys -F curr_avail_sys_mem"))
local needed = tonumber((run "lshwres -r mem -m frameA --level lpar --filter lpar_names=mobile -F curr_mem"))
check(free > needed, ("%d MB are free, and %d needed"):format(free, needed))
local units = tonumber((run "lshwres -r proc -m frameB --level sys -F curr_avail_sys_proc_units"))
check(units >= tonumber((run "lshwres -r proc -m frameA --level lpar --filter lpar_names=mobile -F curr_proc_units")), "and so are processing units")

-- A second adapter for the partition: its system sees it, and no server of the destination bridges its VLAN.
run 'chhwres -r virtualio -m frameA -p mobile -o a --rsubtype eth -s 8 -a "port_vlan_id=3"'
console:skip()
console:run "lsdev -Cc adapter"
console:wait("ent1[^\n]*", 20)
refused("migrlpar -o v -m frameA -t frameB -p mobile", "HSCLF214")

-- Steps 1 and 2, on each server: a trunk adapter, and a shared Ethernet adapter that joins it to a port.
for _, frame in ipairs { "frameA", "frameB" } do
  local free_port
  for name in vios(frame, "lsdev -type adapter"):gmatch "(ent%d+) +Available" do
    if not vios(frame, "lsmap -all -net"):find(name, 1, true) and vios(frame, "lsdev -dev " .. name .. " -field physloc"):find("-P", 1, true) then free_port = name end
  end
  check(free_port, "there is a port that nothing uses")
  run(('chhwres -r virtualio -m %s -p vios%s -o a --rsubtype eth -s 20 -a "port_vlan_id=3,is_trunk=1,trunk_priority=1"'):format(frame, frame:sub(-1)))
  vios(frame, "cfgdev")
  local trunk
  for line in vios(frame, "lsdev -type adapter -field name physloc -fmt :"):gmatch "[^\n]+" do
    trunk = line:match "^(ent%d+):.*%-C20%-" or trunk
  end
  vios(frame, ("mkvdev -sea %s -vadapter %s -default %s -defaultid 3"):format(free_port, trunk, trunk))
  if frame == "frameA" then refused("migrlpar -o v -m frameA -t frameB -p mobile", "HSCLF214") end
end
run "migrlpar -o v -m frameA -t frameB -p mobile"
guest.move(pair, "frameA", "frameB")
check(run("lshwres -r virtualio --rsubtype eth -m frameB --level lpar --filter lpar_names=mobile -F slot_num,port_vlan_id"):find("8,3", 1, true), "with both adapters")
