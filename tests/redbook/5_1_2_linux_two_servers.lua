-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.1.2, figures 5-4 and 5-5
-- teaches: two paths to each disk of a Debian guest, the root disk too: either server stops under load, and both paths go along
-- verdict: as in the book
-- simplified: nothing
-- Redbook 5.1.2, figures 5-4 and 5-5, with Linux: each disk, the root disk too, has a path through either of two Virtual I/O Servers.
-- One server stops under load, comes back, and then the other; file systems, a mirror and a volume group notice nothing. It moves to a
-- system that has two servers as well, and to none that has one.
local scenarios = debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/"
package.path = scenarios .. "?.lua;" .. package.path
local guest = require "lib.guest"
local linux = require "lib.linux"

local file = lab.default_file():gsub("pair%.toml$", "linux-storage.toml")
local readable, reason = lab.try(file)
if not readable then skip(reason .. " (`images/linux/make storage` makes it, and says why if it cannot)") end
local pair = lab.up { file = lab.variant({ { "desired_mem = 1024", "desired_mem = 512" } }, file) }
local console = pair:console("frameA", "linux")
linux.login(console)
guest.wait_for_rmc(pair)
local run, refused = guest.commands(pair)
local function shell(line, seconds)
  local output, status = linux.run(console, line, seconds)
  check_equal(status, 0, line .. (status == 0 and "" or ": " .. output))
  return output
end
local function wait_for_paths(wanted)
  wait_until(wanted .. " of 6 paths are in use", function()
    local output = linux.run(console, "multipathd show paths raw format '%i %t %T'")
    local _, now = output:gsub("active ready", "")
    return now == wanted, output
  end, 120)
  check(true, wanted .. " of 6 paths are in use")
end
wait_for_paths(6)
-- So that the test need not wait for 20 s until the last path has been looked at.
shell "sed -i '/^defaults/a polling_interval 1\\nmax_polling_interval 2' /etc/multipath.conf && multipathd reconfigure >/dev/null"

shell "mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 /dev/mapper/mpathb /dev/mapper/mpathc 2>&1"
shell "pvcreate -q /dev/md0 && vgcreate -q data /dev/md0 && lvcreate -q -n files -L 32M data && mkfs.ext4 -q /dev/data/files 2>&1"
shell "mount /dev/data/files /mnt && mkdir /mnt/kept && cp /usr/lib/twinframe/* /mnt/kept && (cd /mnt/kept && sha256sum * >/run/sums)"
linux.start(console, "files", "memory mib=32 rate=2000")
shell "((while cp /mnt/kept/rmcd /mnt/copy && sync; do usleep 200000; done; touch /run/ended) 2>/dev/null &)"

local function nothing_is_lost(when)
  linux.all_well(console, "files", "memory")
  shell "sync; echo 3 >/proc/sys/vm/drop_caches; (cd /mnt/kept && sha256sum -c /run/sums) >/dev/null"
  shell "[ ! -e /run/ended ]"  -- who writes goes on
  -- A path's error is the path's (sda, sdb ...): what is above the paths has none.
  check_equal((linux.run(console, "dmesg | grep -E 'EXT4-fs (error|warning)|I/O error, dev (dm|md)|Disk failure|aborted journal'")), "",
    when .. ": no file system and no mirror has heard of it")
  check(shell("cat /proc/mdstat"):find("[UU]", 1, true), when .. ": the mirror has both halves")
end
local function stop(frame, vios)
  run(("chsysstate -r lpar -m %s -o shutdown --immed -n %s"):format(frame, vios))
  pair:wait_state(frame, vios, "Not Activated", 60)
end
local function start(frame, vios)
  run(("chsysstate -r lpar -m %s -o on -f default -n %s"):format(frame, vios))
  pair:wait_state(frame, vios, "Running", 60)
end

for _, vios in ipairs { "viosA2", "viosA1" } do
  stop("frameA", vios)
  wait_for_paths(3)
  nothing_is_lost(vios .. " is off")
  start("frameA", vios)
  wait_for_paths(6)
  nothing_is_lost(vios .. " is back")
end

-- Both paths through one server would be no two paths.
stop("frameB", "viosB2")
guest.wait_for_rmc(pair)
refused("migrlpar -o v -m frameA -t frameB -p linux", "HSCLF226")
start("frameB", "viosB2")
wait_until("viosB2 answers the console", function()
  return pair:hmc("lssyscfg -r lpar -m frameB --filter lpar_names=viosB2 -F rmc_state").output:find("active", 1, true)
end, 60)

local moved = linux.migrate(pair, "frameA", "frameB")
check_equal(moved.code, 0, "it moves with both paths" .. (moved.code == 0 and "" or ": " .. moved.output))
linux.check_owner(pair, "frameB")
wait_for_paths(6)
nothing_is_lost("moved")
stop("frameB", "viosB1")
wait_for_paths(3)
nothing_is_lost("viosB1 is off")
