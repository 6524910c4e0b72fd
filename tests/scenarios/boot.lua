-- SPDX-License-Identifier: GPL-2.0-or-later
-- A lab starts, its partition boots to a prompt and keeps time; the HMC, the VIOSes and the network answer; it stops and leaves nothing.
local guest = require "lib.guest"
local host = require "lib.host"

local pair = lab.up()
local console = guest.boot(pair)
console:run("run ticker &")
local address = tonumber((console:wait("ticker: counter at real (0x%x+)")))
check(address and address > 0, "the ticker tells where its counter is")
let_pass(1000, "the ticker watches the time meanwhile")
local ticker = guest.all_well(console, "ticker").ticker
check_equal(ticker.backwards, 0, "time never goes backwards")

local watch = pair:watch("frameA", "mobile", address)
watch:begin()
local first = watch:value("frameA")
wait_until("the counter is seen to count from outside", function() return watch:value("frameA") > first end)
let_pass(300, "the longest time without a change is measured")
say(("  longest time without a change, seen from outside: %.3f ms"):format(watch:longest_gap_ms("frameA")))

local systems = pair:hmc("lssyscfg -r sys -F name,state")
check_equal(systems.code, 0, "lssyscfg succeeds")
check(systems.output:find("frameA,Operating", 1, true) and systems.output:find("frameB,Operating", 1, true), "both systems operate")
local lpars = pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F name,state")
check_equal(lpars.output, "mobile,Running\n", "the partition runs")
check_equal(pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=nobody").code, 1, "an unknown partition is an error")

local level = pair:vios("frameA", "viosA", "ioslevel")
check(level.code == 0 and level.output:find("^%d+%.%d+%.%d+%.%d+"), "the VIOS tells its level")
local map = pair:vios("frameA", "viosA", "lsmap -all")
check(map.output:find("vhost0") and map.output:find("hdisk1"), "the VIOS maps its disk to the client")

local pinger = pair:pinger("10.0.2.15", 50)
wait_until("twenty pings are sent", function() return pinger:result().sent >= 20 end)
check(pinger:stop().lost <= 1, "and answered")

local status = lab.program("status --lab " .. pair:name())
check(status.code == 0 and status.output:find("mobile"), "twinframe status shows it")
check(status.output:find("engine: Unicorn 2%.1%.%d+; taken over: stop test, .*left alone: "), "and what executes its code")
local runtime = pair:runtime_folder()
check_equal(host(("find '%s' '%s' -type f -perm /077"):format(pair:state_folder(), runtime)), "", "no file is open to other users")
pair:down()
check_equal(host(("ls -d '%s' 2>/dev/null || true"):format(runtime)), "", "nothing is left of the runtime folder")
check(not io.open(pair:state_folder() .. "/lab"), "the lab is not one that runs")
