-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.2 - 2.2.3, 2.4.2, 2.5.3, 3.1 - 3.3
-- teaches: each check of a validation is made to fail, by a lab file, by a command or by a fault, and passes again when that is mended
-- verdict: as in the book
-- simplified: findings have codes of our own where the book shows none
-- Redbook 2.5.3: "All configuration checks are performed during each validation". docs/checks.md is made of the rows of this file.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console, run
local function validate(more) return pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile " .. (more or "")) end
local function expect(found, code, what) check(found.code == 1 and found.output:find(code, 1, true), what .. ": " .. code .. (found.output:find(code, 1, true) and "" or "\n" .. found.output)) end
local function vios(frame, line)
  local done = pair:vios(frame, "vios" .. frame:sub(-1), line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
  return done.output
end
local function program(line)
  local done = lab.program(line:gsub("^(%w+)", "%1 --lab " .. pair:name()))
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
end
local function restart_frame(frame)
  run("chsysstate -r sys -m " .. frame .. " -o off --immed")
  run("chsysstate -r sys -m " .. frame .. " -o on")
end

-- What fails: the check's name in hmc/lpm/checks.cpp, what validation says, how (for docs/checks.md); then how it is done and mended here, a
-- lab whose file is so, or the scenario that shows it.
local rows, of_lab = {}, {}
local function row(t) rows[#rows + 1] = t end
local function more(options) return function() return validate(options) end end

row { "systems differ", "HSCLF200", "the source is named as destination", function() return pair:hmc "migrlpar -o v -m frameA -t frameA -p mobile" end }
row { "console is new enough", "HSCLF234", "`version = \"V7R3.1\"` of [[hmc]], until `updhmc`", "lab" }
row { "systems answer", "HSCLF014", "`kill -9` of a frame's process", "two_labs" }
row { "systems are capable", "HSCLF201", "`active_lpar_mobility_capable = false`, `inactive_lpar_mobility_capable = false`, or `firmware` before release 320, until `updlic`", "lab" }
row { "room for another migration", "HSCLF202", "`num_active_migrations_supported`, `num_inactive_migrations_supported`", "lab" }
row { "destination not on battery", "HSCLF21E", "`on_battery = true`; `fault frameB lose-mains`; `twinframe asmi frameB mains off`", function() program "asmi frameB mains off" end, function() program "asmi frameB mains on" end }
row { "destination not in maintenance", "HSCLF240", "`twinframe evacuate frameB`; `chsyscfg -r sys -i maintenance=1`", function() run "chsyscfg -r sys -m frameB -i maintenance=1" end, function() run "chsyscfg -r sys -m frameB -i maintenance=0" end }
row { "destination reads the stream", "HSCLF243", "the destination's program is older than the source's", "unit test" }
row { "same logical memory block size", "HSCLF209", "`lmb_mb`; `twinframe asmi frameB lmb 32`, and a power-on", function() program "asmi frameB lmb 32"; check_equal(validate().code, 0, "a size that is pending does not count"); restart_frame "frameB" end, function() program "asmi frameB lmb 16"; restart_frame "frameB" end }
row { "movers present", "HSCLF203", "`msp = false`, `vasi = false`; `chsyscfg -r lpar -i name=viosB,msp=0`", function() run "chsyscfg -r lpar -m frameB -i name=viosB,msp=0" end, function() run "chsyscfg -r lpar -m frameB -i name=viosB,msp=1" end }
row { "movers reach each other", "HSCLF232", "addresses in two networks, by `mktcpip`", "2_5_3_networks_of_movers" }
row { "movers have room", "HSCLF311", "four migrations through one mover, none of which has ended", "unit test" }
row { "RMC to the partition", "HSCLA246", "`boot_arguments` without an address; `fault frameA unplug-network`", function() pair:fault("frameA", "unplug-network") end, function() pair:fault("frameA", "plug-network") end }
row { "RMC to the Virtual I/O Servers", "HSCLA246", "no `segments`; `fault frameB unplug-network`", function() pair:fault("frameB", "unplug-network") end, function() pair:fault("frameB", "plug-network") end }
row { "Virtual I/O Servers are new enough", "HSCLF233", "`level = \"1.4.1.0\"`, until `updateios`", "lab" }
row { "not a Virtual I/O Server", "HSCLF215", "a server is named as partition", function() return pair:hmc "migrlpar -o v -m frameA -t frameB -p viosA" end }
row { "not the service partition", "HSCLF22D", "`chsyscfg -r sys -i service_lpar_name=mobile`", function() run "chsyscfg -r sys -m frameA -i service_lpar_name=mobile" end, function() run "chsyscfg -r sys -m frameA -i service_lpar_id=none" end }
row { "migration is not disabled", "HSCLF032", "`chsyscfg -r lpar -i name=mobile,migration_disabled=1`", function() run "chsyscfg -r lpar -m frameA -i name=mobile,migration_disabled=1" end, function() run "chsyscfg -r lpar -m frameA -i name=mobile,migration_disabled=0" end }
row { "state allows it", "HSCLF205", "`boot_mode = \"of\"`; `chsysstate -o on -b of`", function() run "chsysstate -r lpar -m frameA -o on -n idle -f default -b of"; return pair:hmc "migrlpar -o v -m frameA -t frameB -p idle" end }
row { "was activated once", "HSCLF206", "no `auto_start`, and nobody activates it; `mksyscfg -r lpar`", function() run "mksyscfg -r lpar -m frameA -i name=fresh,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64"; return pair:hmc "migrlpar -o v -m frameA -t frameB -p fresh" end }
row { "name is free", "HSCLF207", "a partition of the same `name`; `mksyscfg -r lpar`", function() run "mksyscfg -r lpar -m frameB -i name=mobile,profile_name=default,lpar_env=aixlinux,min_mem=64,desired_mem=64,max_mem=64" end, function() run "rmsyscfg -r lpar -m frameB -n mobile" end }
row { "MAC addresses are free", "HSCLF208", "the same `mac_addr` of two adapters; `chhwres -r virtualio --rsubtype eth -o a -a mac_addr=`", function() run("chhwres -r virtualio -m frameB -p viosB -o a --rsubtype eth -s 30 -a port_vlan_id=7,mac_addr=" .. run("lshwres -r virtualio --rsubtype eth -m frameA --level lpar --filter lpar_names=mobile -F mac_addr"):sub(1, 12)) end, function() run "chhwres -r virtualio -m frameB -p viosB -o r --rsubtype eth -s 30" end }
row { "no redundant error path reporting", "HSCLF21A", "`redundant_err_path_reporting = true`; the same of the profile, and an activation", "lab" }
row { "no workload group", "HSCLF21B", "`work_group_id`; `chsyscfg -r lpar -i name=mobile,work_group_id=7`", function() run "chsyscfg -r lpar -m frameA -i name=mobile,work_group_id=7" end, function() run "chsyscfg -r lpar -m frameA -i name=mobile,work_group_id=none" end }
row { "no barrier synchronization registers", "HSCLF217", "`bsr_arrays`", "lab" }
row { "no huge pages", "HSCLF218", "`desired_num_huge_pages`, with `huge_pages` of [[frame]]", "huge_pages" }
row { "no physical I/O", "HSCLF216", "`io_slots`; `chhwres -r io -o a`", function() run "chhwres -r io -m frameA -o a -p mobile -l 21010003" end, function() run "chhwres -r io -m frameA -o r -p mobile -l 21010003" end }
row { "no host Ethernet adapters", "HSCLF236", "`lhea_logical_ports`; `chhwres -r hea -o a`", function() run "chhwres -r hea -m frameA -o a -p mobile -l 23000000 -g 1 --physport 0 --logport 1" end, function() run "chhwres -r hea -m frameA -o r -p mobile -l 23000000 -g 1 --logport 1" end }
row { "only default serial adapters", "HSCLF21C", "an adapter of kind serial in slot 2 or above; `required = true` (HSCLF21C), or not (HSCLF21D)", "lab" }
row { "only adapters of clients", "HSCLF229", "nobody can give a partition an adapter of a server", "unit test" }
row { "compatibility mode known", "HSCLF21F", "`processor` or `type_model` of [[frame]], with `lpar_proc_compat_mode`", "lab" }
row { "destination can have such a partition", "HSCLF227", "`bsr_capable = false` and the like, fewer `processors` than `max_procs`", "lab" }
row { "memory available", "HSCLF20A", "`memory_mb`; `fault frameB fill-memory`", function() pair:fault("frameB", "fill-memory") end, function() pair:fault("frameB", "free-memory") end }
row { "huge pages available", "HSCLF22E", "an inactive migration, and too few `huge_pages` on the destination", "huge_pages" }
row { "processors available", "HSCLF20C", "`processors`, and what others have of them (HSCLF20C shared, HSCLF20D dedicated)", "lab" }
row { "partitions available", "HSCLF210", "254 partitions on the destination", "unit test" }
row { "partition ID is free", "HSCLF22A", "`-i dest_lpar_id=1`", more "-i dest_lpar_id=1" }
row { "shared-processor pool is there", "HSCLF22B", "`-i shared_proc_pool_name=Nowhere`", more "-i shared_proc_pool_name=Nowhere" }
row { "virtual slots available", "HSCLF20F", "`max_virtual_slots` of a server, all taken", "2_5_3_checks, in a lab of its own" }
row { "adapters are served", "HSCLA27C", "the server of the source that serves it does not run (HSCLA27C), or has no adapter for it (HSCLF222)", function() run "chsysstate -r lpar -m frameA -o shutdown -n viosA --immed" end, function() run "chsysstate -r lpar -m frameA -o on -n viosA -f default" end }
row { "adapters are for this client", "HSCLF224", "`remote_lpar = \"any\"` of the server adapter", "lab" }
row { "server adapters can be removed", "HSCLF228", "`required = true` of the server adapter", "lab" }
row { "no logical volumes", "HSCLF212", "`mklv`, `mkbdsp`, and `mkvdev`", function() vios("frameA", "mklv -lv data rootvg 64M"); vios("frameA", "mkvdev -vdev data -vadapter vhost0 -dev vdata") end, function() vios("frameA", "rmvdev -vtd vdata") end }
row { "room for copies of volumes", "HSCLF241", "an inactive migration with `-i local_storage=copy`, and no pool of the destination's server that is large enough", "unit test" }
row { "volumes are copied while it is off", "HSCLF242", "`-i local_storage=copy` of a partition that runs", more "-i local_storage=copy" }
row { "no internal disks", "HSCLF213", "`internal_disks`, and `mkvdev`", function() vios("frameA", "mkvdev -vdev hdisk1 -vadapter vhost0 -dev inside") end, function() vios("frameA", "rmvdev -vtd inside") end }
row { "disks not reserved", "HSCLF211", "`reserve_policy` of [[lun]]; `chdev -attr reserve_policy=single_path`", function() vios("frameB", "chdev -dev hdisk1 -attr reserve_policy=single_path") end, function() vios("frameB", "chdev -dev hdisk1 -attr reserve_policy=no_reserve") end }
row { "disks not in use", "HSCLF225", "the same LUN in `mapping` of the destination's server; `mkvdev` there", function() run "chhwres -r virtualio -m frameB -p viosB -o a --rsubtype scsi -s 20 -a adapter_type=server,remote_lpar_id=any,remote_slot_num=any"; vios("frameB", "cfgdev"); vios("frameB", "mkvdev -vdev hdisk1 -vadapter vhost0") end, function() vios("frameB", "rmdev -dev vhost0 -recursive"); run "chhwres -r virtualio -m frameB -p viosB -o r --rsubtype scsi -s 20" end }
row { "mapping is complete", "HSCLA24E", "`luns` of the destination's server; `twinframe san unmap mobile_root frameB/viosB`", function() program "san unmap mobile_root frameB/viosB" end, function() program "san map mobile_root frameB/viosB" end }
row { "VLANs are bridged", "HSCLF214", "`vlans`, and no bridge for one of them on the destination; `rmvdev -sea`", "lab" }
row { "ways to the network stay apart", "HSCLF235", "two adapters over two servers, and one server on the destination", "unit test" }
row { "paths stay apart", "HSCLF226", "`served_by` two servers, and one server on the destination", "5_1_2_multipath" }
row { "multipath layout is kept", "HSCLA340", "a warning: two servers on the source, and one on the destination that sees the disks", "2_5_6_mappings" }
row { "wishes can be granted", "HSCLF221", "`-i virtual_scsi_mappings=9/viosB/1`", more "-i virtual_scsi_mappings=9/viosB/1" }
row { "profile will be replaced", "HSCLA295", "a warning, unless `-n` names a new profile", function() local found = validate(); check(found.code == 0 and found.output:find("HSCLA295", 1, true), "it is only a warning"); return { code = 1, output = found.output } end }
row { "operating system agrees", "HSCLF30D", "`refuse check` in the toy guest, or a script of its own in Linux", function() console:run "refuse check"; console:wait "refuse: check" end, function() console:run "refuse off"; console:wait "refuse: off" end }

-- One lab after the other check fails, and passes again.
pair, console = guest.start { file = lab.variant {
  { '  [[frame.vios]]\n  name = "viosA"\n', [==[
  [[frame.slot]]
  drc_index = "21010003"
  adapter = "network"
  segment = "lan0"

  [[frame.hea]]
  ports = ["lan0", "lan0", "lan0", "lan0"]

  [[frame.partition]]
  name = "idle"
  id = 9
  desired_mem = 64

  [[frame.vios]]
  name = "viosA"
  internal_disks = 1
]==] },
} }
run = guest.commands(pair)
guest.run(console, "aware")
console:wait("aware: ready", 20)
for _, each in ipairs(rows) do
  local name, code, _, fail, mend = table.unpack(each)
  if type(fail) == "function" then
    local found = fail()
    if not found then
      found = wait_until(name .. " fails", function()
        local now = validate()
        return now.code == 1 and now.output:find(code, 1, true) and now, now.output
      end, 60)
    end
    expect(found, code, name)
    if mend then
      mend()
      wait_until(name .. " passes again", function()
        local now = validate()
        return now.code == 0, now.output
      end, 60)
    end
  end
end
check_equal(validate().code, 0, "all of it is mended")
pair:down()

-- One lab that has all of it from the start: a validation tells everything at once.
pair = lab.up { file = lab.variant {
  { 'version = "V7R3.2"', 'version = "V7R3.1"' },
  { 'serial_num = "10DD4AC"', 'serial_num = "10DD4AC"\nprocessor = "POWER7"' },
  { '  luns = ["mobile_root"]\n  segments = ["lan0"]\n\n  [[frame.partition]]\n  name = "mobile"\n  id = 3\n', [==[
  luns = ["mobile_root"]
  segments = ["lan0"]

    [[frame.vios.adapter]]
    kind = "scsi_server"
    slot = 11
    required = true
    remote_lpar = "mobile"
    remote_slot = 2

    [[frame.vios.adapter]]
    kind = "scsi_server"
    slot = 12
    remote_lpar = "any"
    remote_slot = "any"

    [[frame.vios.mapping]]
    server_slot = 11
    lun = "mobile_root"

  [[frame.partition]]
  name = "mobile"
  id = 3
  bsr_arrays = 1
  redundant_err_path_reporting = true
]==] },
  { '  disks = ["mobile_root"]   # slot 2, served by viosA\n  vlans = [1]               # slot 3\n', "  vlans = [1, 5]\n" },
  { '  auto_start = true\n', [==[
  auto_start = true

    [[frame.partition.adapter]]
    kind = "scsi_client"
    slot = 2
    remote_lpar = "viosA"
    remote_slot = 11

    [[frame.partition.adapter]]
    kind = "scsi_client"
    slot = 6
    remote_lpar = "viosA"
    remote_slot = 12

    [[frame.partition.adapter]]
    kind = "serial"
    slot = 7
    required = true
]==] },
  { 'serial_num = "10FFE0B"\nmemory_mb = 4096\nlmb_mb = 16\nprocessors = 8', [==[
serial_num = "10FFE0B"
processor = "POWER6"
memory_mb = 4096
lmb_mb = 32
processors = 1
active_lpar_mobility_capable = false
bsr_capable = false
num_active_migrations_supported = 0]==] },
  { 'ip_address = "10.0.2.12"\n', 'ip_address = "10.0.2.12"\n  level = "1.4.1.0"\n  desired_proc_units = 90\n' },
} }
run = guest.commands(pair)
guest.boot(pair)
local found = validate()
for _, each in ipairs(rows) do
  if each[4] == "lab" then expect(found, each[2], each[1]) end
end
pair:down()

-- What a server is chosen for, it must have room for.
pair = lab.up { file = lab.variant { { 'ip_address = "10.0.2.12"\n', 'ip_address = "10.0.2.12"\n  max_virtual_slots = 4\n' } } }
run = guest.commands(pair)
guest.boot(pair)
expect(validate(), "HSCLF20F", "virtual slots available")
