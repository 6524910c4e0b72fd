-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 2.2.1
-- teaches: storage pools, logical volumes and files of one server can back a partition's disks, and keep it from moving; what is on the SAN does not
-- verdict: as in the book
-- simplified: what is written to a logical volume is in a file of its own
-- Redbook 2.2.1: disks of the mobile partition are on the SAN, and as a whole.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair = guest.start { file = lab.variant {
  { 'name = "viosA"\n', 'name = "viosA"\n  internal_disks = 1\n' },
} }
local function vios(line, code)
  local done = pair:vios("frameA", "viosA", line)
  check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function findings()
  local done = pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile")
  return done.code == 0 and "" or done.output
end
check_equal(findings(), "", "its disk is on the SAN: it can move")

vios("mksp -f clients hdisk1")
vios("mkbdsp -sp clients 64M -bd scratch -vadapter vhost0")
check(findings():find("scratch", 1, true), "a logical volume keeps it here: " .. findings())
vios("rmbdsp -sp clients -bd scratch -f")
check_equal(findings(), "", "without it, it can move")
vios("mksp -fb files -sp clients -size 128M")
vios("mkbdsp -sp files 32M -bd boot -vadapter vhost0 -tn from_file")
check(findings():find("from_file of virtual SCSI adapter 2 is backed by the file", 1, true), "so does a file: " .. findings())

-- All of it is there again after the server's process has died.
pair:kill("frameA")
pair:restart()
wait_until("its Virtual I/O Server answers", function() return pair:vios("frameA", "viosA", "hostname").code == 0 end, 60)
check(vios("lssp"):find "files +128 +96 ", "the pool, and what is left in it")
check(vios("lsmap -all"):find("/var/vio/storagepools/files/boot", 1, true), "and who has it")
vios("rmbdsp -sp files -bd boot -f")
vios("rmsp -f files")
vios("chsp -rm -f -sp clients hdisk1")
check(vios("lspv"):find "hdisk1%s+%x+%s+None", "the disk is nobody's")
local console = pair:console("frameA", "mobile")
check_equal(pair:hmc("chsysstate -m frameA -r lpar -o on -n mobile -f default").code, 0, "it starts again")
console:wait("mobile# ", 60)
guest.wait_for_rmc(pair)
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")
