-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 3.7, step 3, examples 3-1 and 3-2
-- teaches: a disk without unique identifier, IEEE volume attribute and physical identifier cannot be exported; chdev puts an identifier on it, which the other system's server reads, and it moves
-- verdict: as in the book
-- simplified: no disk has an IEEE volume attribute
-- Redbook 3.7, step 3: what a physical volume needs before it becomes a virtual device.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local file = lab.variant {
  { '[[lun]]\nname = "mobile_root"', '[[lun]]\nname = "plain"\nudid = "none"\npvid = "none"\n\n[[lun]]\nname = "mobile_root"' },
  { 'luns = ["mobile_root"]', 'luns = ["mobile_root", "plain"] ' },
  { 'luns = ["mobile_root"]\n', 'luns = ["mobile_root", "plain"]\n' },
}
local pair = guest.start { file = file }
local function vios(frame, server, line, code)
  local done = pair:vios(frame, server, line)
  check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end

local customized = vios("frameA", "viosA", "oem_setup_env\nodmget -qattribute=unique_id CuAt\nexit")
check(customized:find('name = "hdisk1"', 1, true) and not customized:find('name = "hdisk2"', 1, true), "example 3-1: it has no UDID, and another has")
check(vios("frameA", "viosA", "lspv"):find "hdisk2%s+none%s+None", "example 3-2: the second column has none")
check(vios("frameA", "viosA", "chkdev -dev hdisk2 -verbose"):find "PHYS2VIRT_CAPABLE:%s+NO.-PVID:\nUDID:\nIEEE:\n", "it has no identifier of any kind")
check(vios("frameA", "viosA", "mkvdev -vdev hdisk2 -vadapter vhost0", 1):find "identifier", "it cannot be exported")
vios("frameA", "viosA", "chdev -dev hdisk2 -attr pv=yes -perm")
local pvid = vios("frameA", "viosA", "lspv"):match "hdisk2%s+(%x+)%s+None"
check(pvid and #pvid == 16, "now it has a physical identifier")
vios("frameA", "viosA", "mkvdev -vdev hdisk2 -vadapter vhost0")
vios("frameB", "viosB", "cfgdev")
check(vios("frameB", "viosB", "lspv"):find(pvid, 1, true), "the other system's server reads the same")
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")
check(vios("frameB", "viosB", "lsmap -all"):find "hdisk2", "and the disk has gone along")
