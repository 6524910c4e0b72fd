-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition of a server that is dead, or hangs, starts on another one: from its disk, once, and the server that comes back knows.
local guest = require "lib.guest"

local changes = {}
for number = 1, 6 do
  local line = ('boot_arguments = "ip=10.0.2.2%d"'):format(number)
  changes[number] = { line, ("boot_arguments = 'ip=10.0.2.2%d run=\"rmcd;netd;bank rate=20\"'\n  simplified_remote_restart_capable = %s"):format(
    number, number ~= 6) }
end
local site = lab.up { file = lab.variant(changes, (lab.default_file():gsub("pair%.toml$", "evacuation.toml"))) }
local run, refused = guest.commands(site)

local function check_place(web, frame, state)
  local found, names = site:where(web), {}
  for name in pairs(found) do names[#names + 1] = name end
  check_equal(names, { frame }, web .. " is on " .. frame .. " and nowhere else")
  check_equal(found[frame], state or "Running", "and it is " .. (state or "Running"))
end
local function rrstart(words) return "rrstartlpar " .. words end
local consoles = {}
for number = 1, 6 do
  local web = "web" .. number
  consoles[web] = site:console("frameA", web)
  consoles[web]:wait("bank: formatted", 60)
end
guest.wait_for_work(consoles.web1, "bank", "transactions", 20)
check_equal(run "lssyscfg -r lpar -m frameA --filter lpar_names=web1 -F simplified_remote_restart_capable,remote_restart_status",
  "1,Remote Restartable\n", "it could be restarted")

-- Only of a server that does not answer.
refused(rrstart "-o restart -m frameA -t frameB -p web1", "HSCLF182")
refused(rrstart "-o restart -m frameA -p web1", "-t")
refused(rrstart "-o cleanup -m frameA -p web1", "HSCLF185")

say "- a server that is dead"
site:kill "frameA"
refused(rrstart "-o validate -m frameA -t frameB -p web6", "HSCLF184")
refused(rrstart "-o restart -m frameA -t frameB -p nobody", "HSCL8012")
refused(rrstart "-o cleanup -m frameA -p web1", "HSCLF014")
run(rrstart "-o validate -m frameA -t frameB -p web1")
check(not site:is_alive "frameA", "what was left of it was looked at, and nobody runs there")
local began = now_ms()
run(rrstart "-o restart -m frameA -t frameB -p web1")
local console = site:console("frameB", "web1")
console:wait("bank: recovered sequence=%d+ lost=0 errors=0 verdict=OK", 30)
say(("  after %.0f ms the bank has its books open again"):format(now_ms() - began))
check(not console:text():find "bank: formatted", "it goes on with what was on the disk")
check_place("web1", "frameB")
refused(rrstart "-o restart -m frameA -t frameC -p web1", "HSCLF183")
check_place("web1", "frameB")
run(rrstart "-o restart -m frameA -t frameC --id 4")  -- web2
check_place("web2", "frameC")
check_equal(guest.all_well(console, "bank").bank.lost, 0, "no transaction is lost")

say "- it comes back"
site:restart()
check(not site:where("web1").frameA and not site:where("web2").frameA, "the server does not have them any more")
check_place("web1", "frameB")
check_place("web3", "frameA", "Not Activated")
local maps = site:vios("frameA", "viosA", "lsmap -all -field clientid -fmt ,").output
check(not maps:find "0x00000003" and not maps:find "0x00000004", "nor do its Virtual I/O Servers: " .. maps)

say "- a server that only hangs"
site:freeze "frameB"
run(rrstart "-o restart -m frameB -t frameC -p web1")
check_place("web1", "frameC")
check(not site:is_alive "frameB", "it was ended before")
site:restart()
check_place("web1", "frameC")
check(not site:where("web1").frameB, "and when it is there again, it has lost the partition")

say "- others run there"
run "chsysstate -r lpar -m frameA -o on -n web3"
run "chsysstate -r lpar -m frameA -o on -n web4"
site:freeze "frameA"
refused(rrstart "-o restart -m frameA -t frameB -p web3", "may run other partitions: web4.")
check(site:is_alive "frameA", "nothing has happened to it")
run(rrstart "-o restart -m frameA -t frameB -p web3 --force")
check_place("web3", "frameB")
check(not site:is_alive "frameA", "it was ended")
