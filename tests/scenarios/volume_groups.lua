-- SPDX-License-Identifier: GPL-2.0-or-later
-- The server dies while the toy guest's migratepv moves a volume from a physical disk to a virtual one, and back, under a program that
-- writes: each time it starts again with its group as it was or as it should be, and no transaction is lost.
local guest = require "lib.guest"

local pair, console = guest.start { file = lab.variant {
  { '  [[frame.vios]]\n  name = "viosA"', [==[
  [[frame.slot]]
  drc_index = "21010003"
  location = "U789D.001.DQDYKGK-P1-C3"
  adapter = "disk"
  size_mb = 48

  [[frame.vios]]
  name = "viosA"]==] },
  { '  auto_start = true\n', '  auto_start = true\n  io_slots = ["21010003/none/1"]\n' },
} }
local shown = guest.typing(console)

-- hdisk0 is the virtual disk here.
shown "mkvg -y rootvg -s 1 hdisk0 hdisk1"
check(shown("mklv -y hd1 rootvg 1000"):find("0516-822", 1, true), "too much is refused")
shown "mklv -y hd1 rootvg 30"
shown "mklv -y hd2 rootvg 4"
check(shown("mklv -y hd1 rootvg 1"):find("already", 1, true), "a name is of one volume")
check(shown("lsvg -l rootvg"):find "hd1 +raw +30 +30 +1 +closed/syncd", "all of it on the first disk")

for round = 1, 4 do
  local from, to = "hdisk0", "hdisk1"
  if round % 2 == 0 then from, to = to, from end
  guest.run(console, "bank volume=hd1 rate=0")
  guest.wait_for_work(console, "bank", "transactions", 10)
  console:run(("migratepv %s %s"):format(from, to))
  let_pass(0.05 * round, "some partitions have moved")
  pair:kill "frameA"
  pair:restart()
  pair:hmc "chsysstate -m frameA -r lpar -o on -n mobile -f default"
  console = guest.boot(pair)
  shown = guest.typing(console)
  check(shown("lspv"):find "hdisk0 +%x+ +rootvg +active.-hdisk1 +%x+ +rootvg +active", "both disks are of the group")
  console:skip()
  console:run "run bank volume=hd1 rate=50 &"
  local _, verdict = console:wait("bank: recovered sequence=(%d+) lost=0 errors=0 verdict=(%u+)", 20)
  check_equal(verdict, "OK", "no transaction is lost")
  shown(("migratepv %s %s"):format(from, to))
  check(shown("lsvg -p rootvg"):find(from .. " +active +(%d+) +%1 "), "the rest goes, too")
  guest.all_well(console, "bank")
  shown "judge"
  check(shown("rmlv hd1"):find("a program uses", 1, true), "a volume in use stays")
  console:run "ps"
  local pid = console:wait("(%d+) +%d+ +%a+ +%d+ +%d+ bank", 10)
  shown("kill " .. pid)
end

check(shown("rmlv hd2"):find("rmlv: Logical volume hd2 is removed.", 1, true), "as AIX says it")
check(shown("rmlv hd2"):find("0516-306", 1, true), "it is gone")
shown "rmlv hd1"
shown "reducevg rootvg hdisk0"
shown "reducevg rootvg hdisk1"
check(shown("lsvg -p rootvg"):find("0516-306 lsvg: Unable to find volume group rootvg", 1, true), "with its last disk the group goes")
