-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.5.2, 4.3.2
-- teaches: a Virtual I/O Server is made on a system that runs: it gets a network port and a disk in physical slots, a LUN, an address and a bridge, and a partition comes to it from another system
-- verdict: as in the book
-- simplified: installios takes no time; a LUN is shown to it by its name
-- Redbook 5.5.2: a server from nothing.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local slots = [==[
  [[frame.slot]]
  drc_index = "21010003"
  location = "U789D.001.DQDYKGK-P1-C3"
  adapter = "disk"
  size_mb = 32

  [[frame.slot]]
  drc_index = "21010004"
  location = "U789D.001.DQDYKGK-P1-C4"
  adapter = "network"
  segment = "lan0"

]==]
local pair = guest.start { file = lab.variant {
  -- frameB has no server, and slots.
  { '  [[frame.vios]]\n  name = "viosB"\n  id = 1\n  ip_address = "10.0.2.12"\n  luns = ["mobile_root"]\n  segments = ["lan0"]\n', slots },
} }
local run, refused = guest.commands(pair)
local function vios(server, line, code)
  local done = pair:vios("frameB", server, line)
  check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function san(line)
  local done = lab.program("san --lab " .. pair:name() .. " " .. line)
  check_equal(done.code, 0, "san " .. line .. ": " .. done.output)
end

check_equal(pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").code, 1, "nobody could move there")
run('mksyscfg -r lpar -m frameB -i \'name=viosN,profile_name=default,lpar_env=vioserver,min_mem=256,desired_mem=512,max_mem=1024,' ..
  'proc_mode=shared,min_procs=1,desired_procs=1,max_procs=2,min_proc_units=0.1,desired_proc_units=0.4,max_proc_units=1.0,' ..
  'max_virtual_slots=30,msp=1,io_slots=21010004/none/1,"virtual_eth_adapters=11/0/1//1/1"\'')

-- It has no operating system before it is installed; no adapter of its own can keep the address of the installation.
refused("chsysstate -m frameB -r lpar -o on -n viosN -f default", "installios")
check_equal(run "lsrefcode -r lpar -m frameB --filter lpar_names=viosN -n 1 -F refcode", "BA210000\n", "there is nothing to boot")
local installation = "installios -s frameB -p viosN -r default -i 10.0.2.13 -S 255.255.255.0 -g 10.0.2.1"
refused(installation, "-d")
refused(installation .. " -d /nosuch", "HSCLF0D3")
refused(installation .. " -d /dev/cdrom", "HSCLF0D5")
refused(installation .. " -d /dev/cdrom -n -m 020000000099", "HSCLF0D4")
refused("installios -s frameA -p mobile -r default -i 10.0.2.13 -S 255.255.255.0 -g 10.0.2.1 -d /dev/cdrom -n", "HSCLF015")
run(installation .. " -d /dev/cdrom -n -P auto -D full")
refused(installation .. " -d /dev/cdrom -n", "HSCL3681")
wait_until("it answers", function() return pair:vios("frameB", "viosN", "hostname").code == 0 end, 60)

-- What its slot has is a port.
check(vios("viosN", "lsdev"):find "\nent0 +Available", "the adapter in its slot is a port")
check(vios("viosN", "lsdev -dev ent0 -field physloc"):find("U789D.001.DQDYKGK-P1-C4-T1", 1, true), "with its location")
check(not vios("viosN", "lspv"):find "hdisk1", "it sees no LUN")

-- Its LUN, its bridge, its address; and by RMC its VASI device.
san("map mobile_root frameB/viosN")
vios("viosN", "cfgdev")
check(vios("viosN", "lspv"):find "hdisk1", "the LUN is there")
local trunk = vios("viosN", "lsdev -virtual"):match "(ent%d+) +Available"
vios("viosN", ("mkvdev -sea ent0 -vadapter %s -default %s -defaultid 1"):format(trunk, trunk))
local sea = vios("viosN", "lsmap -all -net -field sea -fmt :"):match "ent%d+"
vios("viosN", ("mktcpip -hostname viosN -inetaddr 10.0.2.13 -interface en%s -start -netmask 255.255.255.0"):format(sea:match "%d+"))
wait_until("RMC is active", function()
  return pair:hmc("lssyscfg -r lpar -m frameB --filter lpar_names=viosN -F rmc_state").output == "active\n"
end, 60)
run "chhwres -r virtualio -m frameB -p viosN -o a --rsubtype vasi -s 12"
vios("viosN", "cfgdev")
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")
check(vios("viosN", "lsmap -all"):find "hdisk1", "the partition's disk is behind it")
guest.wait_for_rmc(pair)

-- A slot comes and goes while it runs.
run "chhwres -r io -m frameB -o a -p viosN -l 21010003"
check(not vios("viosN", "lspv"):find "hdisk2", "what is in it is no device yet")
vios("viosN", "cfgdev")
check(vios("viosN", "lspv -size hdisk2") == "32\n", "cfgdev finds its disk")
refused("chhwres -r io -m frameB -o r -p viosN -l 21010003", "HSCL2929")
vios("viosN", "mkvdev -vdev hdisk2 -vadapter vhost0 -dev internal")
refused("migrlpar -o v -m frameB -t frameA -p mobile", "hdisk2")
vios("viosN", "rmvdev -vtd internal")
vios("viosN", "rmdev -dev hdisk2")
run "chhwres -r io -m frameB -o r -p viosN -l 21010003"
vios("viosN", "cfgdev")
check(not vios("viosN", "lsdev"):find "hdisk2", "it is gone with its slot")
vios("viosN", "rmdev -dev ent0", 1)
refused("chhwres -r io -m frameB -o r -p viosN -l 21010004", "HSCL2929")

-- What was made is there again after the frame's process has died.
pair:kill("frameB")
pair:restart()
wait_until("it answers", function() return pair:vios("frameB", "viosN", "hostname").output == "viosN\n" end, 60)
check(vios("viosN", "lspv"):find "hdisk1", "its LUN")
check(vios("viosN", "lsmap -all -net"):find("ent0", 1, true), "and its bridge over the same port")
