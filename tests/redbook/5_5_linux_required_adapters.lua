-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.5.6, process 1
-- teaches: physical adapters that a profile requires are not taken from a Debian partition that runs: its profile changes, it is shut down and activated with it, and moves
-- verdict: as in the book
-- simplified: the root volume group moves by lvm2; nothing is to be done for the bootlist, as the hypervisor loads the kernel
-- Redbook 5.5, with adapters that the profile requires (5.5.6, process 1), and with the IP address that the partition had (5.5.5).
local scenarios = debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/"
package.path = scenarios .. "?.lua;" .. package.path
local guest = require "lib.guest"
local linux = require "lib.linux"
local physical = require "lib.physical"

local here = physical.start { { '"21010003/none/0", "21010004/none/0"', '"21010003/none/1", "21010004/none/1"' } }
check(here.pair:hmc("migrlpar -o v -m frameA -t frameB -p linux").output:find("which requires it", 1, true), "the finding says that they are required")
for _, slot in ipairs { "21010003", "21010004" } do here.refused("chhwres -r io -m frameA -p linux -o r -l " .. slot, "HSCLF075") end

physical.prepare_servers(here)
physical.move_storage(here)
physical.add_network(here)

-- 5.5.5, existing IP addresses: for a moment there is no network.
here.inside "ip address flush dev eth0 && ip link set eth0 down"
here.inside "ip address add 10.0.2.15/24 dev eth1 && ip route replace default via 10.0.2.2 dev eth1 && ping -c 3 -W 5 10.0.2.2"
guest.wait_for_rmc(here.pair)

-- ---- 5.5.6, process 1: a profile without them ----
here.run 'chsyscfg -r prof -m frameA -i "lpar_name=linux,name=default,io_slots=none"'
check_equal(here.errors(), "HSCLF216 HSCLF216", "what runs has what it was activated with")
here.inside "killall cp; sync"
here.console:run "reboot"
linux.login(here.console)
guest.wait_for_rmc(here.pair)
check_equal(here.errors(), "HSCLF216 HSCLF216", "a reboot is not sufficient")
here.console:run "poweroff"
here.pair:wait_state("frameA", "linux", "Not Activated", 60)
here.run "chsysstate -r lpar -m frameA -o on -n linux -f default"
linux.login(here.console)
guest.wait_for_rmc(here.pair)
here.inside "[ ! -e /dev/vda ] && [ ! -e /sys/class/net/eth1 ]"
check_equal((here.inside("pvs --noheadings -o pv_name,vg_name"):gsub("%s+", " ")), " /dev/sda rootvg ", "it has booted from the virtual disk")
here.inside "(cd /usr/lib/twinframe && sha256sum * >/run/sums) && (cd /root/kept && sha256sum -c /run/sums) >/dev/null"
check_equal(here.errors(), "", "nothing stands in the way any more")

local moved = linux.migrate(here.pair, "frameA", "frameB")
check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
linux.check_owner(here.pair, "frameB")
here.inside "echo 3 >/proc/sys/vm/drop_caches; (cd /root/kept && sha256sum -c /run/sums) >/dev/null && ping -c 3 -W 5 10.0.2.2"
