-- SPDX-License-Identifier: GPL-2.0-or-later
-- What an administrator asks of a Virtual I/O Server, through the console and by itself: packets are counted, and what was accepted, made and
-- typed is still known when the frame's process has died.
local guest = require "lib.guest"

local pair = lab.up()
local console = guest.boot(pair)
local function padmin(line)
  local done = pair:hmc("viosvrcmd -m frameA -p viosA -c '" .. line .. "'")
  check_equal(done.code, 0, line .. ": " .. done.output)
  return done.output
end

check(padmin("lstcpip -num"):find("\nen%d+ +1500 +10%.0%.2 +10%.0%.2%.11 "), "the address of the lab, in the fourth column")
check(padmin("lstcpip -interfaces"):find("\nen%d+ +10%.0%.2%.11 +255%.255%.255%.0 +up +%x%x:"), "and its netmask")

local sea = padmin("lsmap -all -net -field sea -fmt :"):match("ent%d+")
local function bridged()
  local shown = padmin("entstat -all " .. sea)
  return tonumber(shown:match("Real Side Statistics:.-Packets bridged: (%d+)")), tonumber(shown:match("Virtual Side Statistics:.-Packets bridged: (%d+)"))
end
local real, virtual = bridged()
local pinger = pair:pinger("10.0.2.15", 20)
wait_until("twenty pings are sent", function() return pinger:result().sent >= 20 end)
pinger:stop()
local real_now, virtual_now = bridged()
check(real_now >= real + 20 and virtual_now >= virtual + 20, "entstat has counted them, there and back")

check(padmin("license"):find("has not been accepted", 1, true), "a new server's license has not been accepted")
padmin("license -accept")
padmin("mklv -lv scratch rootvg 100M")
check_equal(padmin("lslv scratch -field ppsize pps -fmt :"), "64 megabyte(s):2\n", "whole partitions")
local failed = pair:hmc("viosvrcmd -m frameA -p viosA -c 'lsvg nosuchvg'")
check_equal(failed.code, 1, "a command that fails fails on the console")
check(failed.output:find("HSCL2970", 1, true) and failed.output:find("0516-306", 1, true), "with the server's reason")
local unknown = pair:hmc("viosvrcmd -m frameA -p viosA -c nonsense")
check_equal(unknown.code, 1, "so does one that there is not")

pair:kill("frameA")
pair:restart()
wait_until("its Virtual I/O Server answers", function() return pair:vios("frameA", "viosA", "hostname").output == "viosA\n" end, 60)
check(padmin("license"):find("has been accepted", 1, true), "the license stays accepted")
check(padmin("lsvg -lv rootvg"):find("scratch", 1, true), "the volume is there")
check(padmin("lsgcl"):find("padmin   mklv -lv scratch rootvg 100M\n", 1, true), "and what was typed is in the log")
check(padmin("rmlv -f scratch"):find("removed", 1, true), "the volume can go")
check_equal(padmin("lsvg rootvg -field numlvs -fmt :"), "0\n", "and is gone")
pair:down()
