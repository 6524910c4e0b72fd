-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition that is off moves as a configuration, and boots on the other side from the same disk.
local guest = require "lib.guest"

local pair, console = guest.start()
guest.run(console, "bank rate=0")
console:wait("bank: formatted", 20)
guest.wait_for_work(console, "bank", "transactions", 20)
console:skip()
console:run("errpt")
local records = console:wait("DESCRIPTION\n(.-)mobile# ")
check_equal(pair:hmc("chsysstate -m frameA -r lpar -o shutdown -n mobile --immed").code, 0, "the partition is switched off")
pair:wait_state("frameA", "mobile", "Not Activated")

guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Not Activated")
guest.check_clean(pair)
local map = pair:vios("frameA", "viosA", "lsmap -all")
check(not map.output:find("vtscsi"), "the source VIOS maps nothing to it any more")

check_equal(pair:hmc("chsysstate -m frameB -r lpar -o on -n mobile").code, 0, "it is activated on the other side")
console = pair:console("frameB", "mobile")
console:wait("mobile# ", 60)
console:run("errpt")
local log = console:wait("DESCRIPTION\n(.-)mobile# ")
check(#records > 0 and #log > #records and log:sub(-#records) == records, "its NVRAM has come along: the error log of before is in it")
console:run("run bank &")
local sequence, lost = console:wait("bank: recovered sequence=(%d+) lost=(%d+)", 20)
check(tonumber(sequence) > 0, "the transactions of before are on its disk")
check_equal(tonumber(lost), 0, "and none is lost")
