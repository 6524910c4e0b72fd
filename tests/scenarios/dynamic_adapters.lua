-- SPDX-License-Identifier: GPL-2.0-or-later
-- chhwres -r virtualio: a Virtual I/O Server that runs gets virtual adapters, and gives them back. What is added is no device before
-- cfgdev, and is pulled only after rmdev; its profile stays as it is. A VASI comes and goes so, and with it the mover. (Redbook 5.6.3)
local guest = require "lib.guest"

local pair, console = guest.start()
local run, refused = guest.commands(pair)
local function vios(line, code)
  local done = pair:vios("frameA", "viosA", line)
  check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function listed(rsubtype, slot)
  return run(("lshwres -r virtualio -m frameA --rsubtype %s --level lpar --filter lpar_names=viosA,slots=%d"):format(rsubtype, slot))
end
local chhwres = "chhwres -r virtualio -m frameA -p viosA "
local profile = run "lssyscfg -r prof -m frameA --filter lpar_names=viosA"

-- A virtual SCSI server adapter.
run(chhwres .. '-o a --rsubtype scsi -s 20 -a "adapter_type=server,remote_lpar_name=mobile,remote_slot_num=7"')
check_equal(listed("scsi", 20), "lpar_name=viosA,lpar_id=1,slot_num=20,state=1,is_required=0,adapter_type=server,remote_lpar_id=3," ..
  "remote_lpar_name=mobile,remote_slot_num=7\n", "the console lists it")
check(not vios("lsmap -all"):find("-C20", 1, true), "it is no device yet")
vios "cfgdev"
local host = vios("lsmap -all"):match("(vhost%d+)%s+%S+%-C20")
check(host, "cfgdev finds it: " .. vios "lsmap -all")
vios("mklv -lv data rootvg 1G")
vios("mkvdev -vdev data -vadapter " .. host .. " -dev vtdata")
refused(chhwres .. "-o r --rsubtype scsi -s 20", "HSCL2929 The dynamic removal of I/O resources failed: the device " .. host)
refused(chhwres .. "-o r --rsubtype eth -s 20", "HSCLF231")
vios("rmdev -dev " .. host .. " -recursive")
run(chhwres .. "-o r --rsubtype scsi -s 20")
check_equal(listed("scsi", 20), "No results were found.\n", "it is gone")
check(not vios("lsdev"):find(host, 1, true), "and so is its device: " .. vios "lsdev")

-- A trunk adapter, in the first free slot.
local free = tonumber(run("lshwres -r virtualio -m frameA --rsubtype slot --level lpar --filter lpar_names=viosA -F next_avail_virtual_slot"))
run(chhwres .. '-o a --rsubtype eth -a "port_vlan_id=7,\\"addl_vlan_ids=8,9\\",is_trunk=1,trunk_priority=1"')
check(listed("eth", free):find('port_vlan_id=7,"addl_vlan_ids=8,9",mac_addr=%x+', 1), "the first free slot: " .. listed("eth", free))
local before = vios "lsdev -type adapter"
vios "cfgdev"
local lan = vios("lsmap -all -net"):match("(ent%d+)%s+%S+%-C" .. free)
check(lan and not before:find(lan .. " ", 1, true), "cfgdev finds it: " .. vios "lsmap -all -net")

-- Its VLANs change while it runs, and it is cut off and put back.
local eth = chhwres .. "--rsubtype eth -s " .. free .. " -o "
run(eth .. "s -a addl_vlan_ids+=10")
run(eth .. "s -a addl_vlan_ids-=8")
check(listed("eth", free):find('state=1,.*"addl_vlan_ids=9,10"'), "one more, one less: " .. listed("eth", free))
run(eth .. "d")
check(listed("eth", free):find("state=0,", 1, true), "it is disabled: " .. listed("eth", free))
run(eth .. "e")
refused(eth .. "s -a port_vlan_id=8", "cannot be changed")
vios("rmdev -dev " .. lan)
run(chhwres .. "-o r --rsubtype eth -s " .. free)
check(not vios("lsmap -all -net"):find("-C" .. free, 1, true), "it is gone")

-- What cannot be.
refused(chhwres .. '-o a --rsubtype scsi -s 20 -a "remote_lpar_name=mobile,remote_slot_num=7"', "adapter_type")
refused(chhwres .. '-o a --rsubtype scsi -s 20 -a "adapter_type=client,remote_lpar_name=mobile,remote_slot_num=7"', "virtual_scsi_adapters=20")
refused(chhwres .. '-o a --rsubtype scsi -s 1 -a "adapter_type=server,remote_lpar_id=any,remote_slot_num=any"', "HSCLF030")
refused(chhwres .. '-o a --rsubtype scsi -s 20 -a "adapter_type=server,remote_lpar_name=nobody,remote_slot_num=7"', "HSCL8012")
refused(chhwres .. '-o a --rsubtype eth -s 20 -a "port_vlan_id=4095"', "virtual_eth_adapters=20")
refused(chhwres .. '-o a --rsubtype eth -s 20 -a "slot_type=1"', "slot_type")
refused(chhwres .. "-o a --rsubtype vasi -s 20", "VASI")
refused(chhwres .. "-o a --rsubtype fc -s 20", "--rsubtype")
refused(chhwres .. "-o r --rsubtype scsi -s 21", "HSCLF231")
refused(chhwres .. "-o r --rsubtype serial -s 0", "HSCLF030")
refused("chhwres -r virtualio -m frameA -p mobile -o r --rsubtype eth -s 3", "HSCL2929")
check_equal(run "lssyscfg -r prof -m frameA --filter lpar_names=viosA", profile, "the profile has seen nothing of all this")

-- Without its VASI it moves nobody.
local vasi = tonumber(run("lshwres -r virtualio -m frameA --rsubtype vasi --level lpar --filter lpar_names=viosA -F slot_num"))
refused(chhwres .. "-o r --rsubtype vasi -s " .. vasi, "HSCL2929")
vios "rmdev -dev vasi0"
run(chhwres .. "-o r --rsubtype vasi -s " .. vasi)
refused("migrlpar -o m -m frameA -t frameB -p mobile", "HSCLF203")
run(chhwres .. "-o a --rsubtype vasi -s 30")
refused("migrlpar -o v -m frameA -t frameB -p mobile", "HSCLF203")
vios "cfgdev"

-- A dynamic operation and a migration exclude each other.
pair:fault("frameA", "slow-mover:8000000")
local task = pair:start("migrlpar -o m -m frameA -t frameB -p mobile")
guest.wait_phase(pair, "passes")
refused(chhwres .. '-o a --rsubtype eth -s 20 -a "port_vlan_id=7"', "HSCL3205")
refused(chhwres .. "-o r --rsubtype vasi -s 30", "HSCL3205")
pair:fault("frameA", "slow-mover:0")
local done = task:wait(60)
check_equal(done.code, 0, "with its new VASI it moves the partition" .. done.output)
guest.check_owner(pair, "frameB", "Running")
guest.check_clean(pair)
run(chhwres .. '-o a --rsubtype eth -s 20 -a "port_vlan_id=7"')

-- The next activation makes what the profile says.
run "chsysstate -m frameA -r lpar -o shutdown -n viosA --immed"
pair:wait_state("frameA", "viosA", "Not Activated")
refused(chhwres .. "-o r --rsubtype eth -s 20", "HSCL05DF")
run "chsysstate -m frameA -r lpar -o on -n viosA"
pair:wait_state("frameA", "viosA", "Running")
check_equal(listed("eth", 20), "No results were found.\n", "what was added while it ran is gone")
check_equal(listed("vasi", vasi), ("lpar_name=viosA,lpar_id=1,slot_num=%d\n"):format(vasi), "what was taken away then is there again")
