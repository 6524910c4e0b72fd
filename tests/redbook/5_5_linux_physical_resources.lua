-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.5, figures 5-9 to 5-18
-- teaches: a Debian partition whose root volume group is on a physical disk, and whose network is a physical port, gets virtual ones while it runs, gives the physical ones back, and moves
-- verdict: as in the book
-- simplified: the root volume group moves by lvm2; nothing is to be done for the bootlist, as the hypervisor loads the kernel
-- Redbook 5.5, with adapters that no profile requires (5.5.6, process 2), and with a new IP address (5.5.5). Nothing stops.
local scenarios = debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/"
package.path = scenarios .. "?.lua;" .. package.path
local guest = require "lib.guest"
local linux = require "lib.linux"
local physical = require "lib.physical"

-- ---- figure 5-9 ----
local here = physical.start()
local function owners()
  return here.run("lshwres -r io --rsubtype slot -m frameA -F drc_index,lpar_name,description")
end
check_equal(owners(), [[
21010003,linux,SCSI bus controller
21010004,linux,Ethernet controller
21010005,null,Empty slot
]], "a physical disk, and a physical port")
check_equal((here.inside("pvs --noheadings -o pv_name,vg_name"):gsub("%s+", " ")), " /dev/vda rootvg ", "the root volume group is on the disk")
check(here.inside("df /"):find("rootvg-root", 1, true), "and the root file system in it")
check_equal(here.errors(), "HSCLF216 HSCLF216", "each of the two stands in the way")
here.refused("migrlpar -o m -m frameA -t frameB -p linux", "HSCLF216")

-- ---- virtual ones ----
physical.prepare_servers(here)
physical.move_storage(here)
physical.add_network(here)

-- 5.5.5, new IP addresses: both ways are there for a while, so that programs can change over.
here.inside "ip address add 10.0.2.16/24 dev eth1 && ping -c 3 -W 5 -I eth1 10.0.2.2"
local pinger = here.pair:pinger("10.0.2.16")
here.run 'chsyscfg -r lpar -m frameA -i "name=linux,rmc_ipaddr=10.0.2.16"'
here.inside "ip address flush dev eth0 && ip link set eth0 down && ip route replace default via 10.0.2.2 dev eth1 && ping -c 3 -W 5 10.0.2.2"
guest.wait_for_rmc(here.pair)

-- ---- 5.5.6, process 2 ----
for _, slot in ipairs { "21010003", "21010004" } do here.run("chhwres -r io -m frameA -p linux -o r -l " .. slot) end
here.inside "[ ! -e /sys/block/vda ] && [ ! -e /sys/class/net/eth0 ]"
check_equal(owners(), [[
21010003,null,SCSI bus controller
21010004,null,Ethernet controller
21010005,null,Empty slot
]], "they are nobody's")
check_equal(here.errors(), "", "nothing stands in the way any more")
here.nothing_is_lost()

-- ---- 5.5.7, figure 5-18 ----
local moved = linux.migrate(here.pair, "frameA", "frameB")
check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
linux.check_owner(here.pair, "frameB")
here.nothing_is_lost()
wait_until("it answers on the other server", function()
  local before = pinger:result()
  return before.sent - before.lost > 0 and linux.run(here.console, "ping -c 1 -W 2 10.0.2.2"):find("1 packets received", 1, true)
end, 30)
local profile = here.run("lssyscfg -r prof -m frameB --filter lpar_names=linux -F name,io_slots")
check_equal(profile, "default,none\n", "its profile names no physical slot any more")
pinger:stop()
here.inside "! dmesg | grep -A 1 'cut here'"
