-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.1.1, figures 5-1 and 5-2
-- teaches: a mirror of a Debian guest over two storage subsystems, each behind a server of its own: either subsystem goes offline under load, comes back and is synchronized; it moves to two servers
-- verdict: as in the book
-- simplified: nothing
-- Redbook 5.1.1, figures 5-1 and 5-2, with Linux: the halves of a mirror are in two storage subsystems, and each goes through one of two
-- Virtual I/O Servers. With one subsystem offline the mirror is degraded, and the file system on it has heard of nothing.
local scenarios = debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/"
package.path = scenarios .. "?.lua;" .. package.path
local guest = require "lib.guest"
local linux = require "lib.linux"

local storage = lab.default_file():gsub("pair%.toml$", "linux-storage.toml")
local readable, reason = lab.try(storage)
if not readable then skip(reason .. " (`images/linux/make storage` makes it, and says why if it cannot)") end
-- Figure 5-1: data1 through viosA1, data2 through viosA2.
local file = lab.variant({
  { "desired_mem = 1024", "desired_mem = 512" },
  { 'name = "data1"', 'name = "data1"\nsubsystem = "ds1"' },
  { 'name = "data2"', 'name = "data2"\nsubsystem = "ds2"' },
  { '"10.0.2.11"\n  luns = ["linux_root", "data1", "data2"]', '"10.0.2.11"\n  luns = ["linux_root", "data1"]' },
  { '"10.0.2.21"\n  luns = ["linux_root", "data1", "data2"]', '"10.0.2.21"\n  luns = ["data2"]' },
  { 'port_vlan_id = 99\n    is_trunk = true', 'port_vlan_id = 99\n    is_trunk = true\n\n    [[frame.vios.adapter]]\n    kind = "scsi_server"\n    slot = 30\n    remote_lpar = "linux"\n    remote_slot = 9\n\n    [[frame.vios.mapping]]\n    server_slot = 30\n    lun = "data2"' },
  { 'disks = ["linux_root", "data1", "data2"]\n  served_by = ["viosA1", "viosA2"]', 'disks = ["linux_root", "data1"]' },
  { 'ip=10.0.2.15"\n  auto_start = true', 'ip=10.0.2.15"\n  auto_start = true\n\n    [[frame.partition.adapter]]\n    kind = "scsi_client"\n    slot = 9\n    remote_lpar = "viosA2"\n    remote_slot = 30' },
  { '"10.0.2.22"\n  luns = ["linux_root", "data1", "data2"]', '"10.0.2.22"\n  luns = ["data2"]' },
}, storage)
local pair = lab.up { file = file }
local console = pair:console("frameA", "linux")
linux.login(console)
guest.wait_for_rmc(pair)
local run = guest.commands(pair)
local function shell(line, seconds)
  local output, status = linux.run(console, line, seconds)
  check_equal(status, 0, line .. (status == 0 and "" or ": " .. output))
  return output
end

-- Each disk has one path. A mirror is to hear of an error, not to wait until the path is back: what multipath knows of this kind of disk
-- says 60 retries, and only `overrides` comes before that.
shell "sed -i '/^defaults/a polling_interval 1\\nmax_polling_interval 2' /etc/multipath.conf"
shell "printf 'overrides {\\n  no_path_retry fail\\n}\\n' >>/etc/multipath.conf && multipathd reconfigure >/dev/null"
wait_until("three disks are there", function()
  return linux.run(console, "ls /dev/mapper"):find("mpathc", 1, true)
end, 120)
shell "mdadm --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 --bitmap=internal /dev/mapper/mpathb /dev/mapper/mpathc 2>&1"
shell "mkfs.ext4 -q /dev/md0 2>&1 && mount /dev/md0 /mnt && mkdir /mnt/kept && cp /usr/lib/twinframe/* /mnt/kept && (cd /mnt/kept && sha256sum * >/run/sums)"
shell "((while cp /mnt/kept/rmcd /mnt/copy && sync; do usleep 200000; done; touch /run/ended) 2>/dev/null &)"

local function halves(wanted, seconds)
  wait_until("the mirror's halves are [" .. wanted .. "]", function()
    local output = linux.run(console, "cat /proc/mdstat")
    return output:find("[" .. wanted .. "]", 1, true), output
  end, seconds or 60)
  check(true, "the mirror's halves are [" .. wanted .. "]")
end
local function nothing_is_lost(when)
  shell "sync; echo 3 >/proc/sys/vm/drop_caches; (cd /mnt/kept && sha256sum -c /run/sums) >/dev/null"
  shell "[ ! -e /run/ended ]"  -- who writes goes on
  check_equal((linux.run(console, "dmesg | grep -E 'EXT4-fs (error|warning)|I/O error, dev md|aborted journal'")), "",
    when .. ": the file system has heard of nothing")
end
local function paths(wanted)
  wait_until(wanted .. " paths are in use", function()
    local output = linux.run(console, "multipathd show paths raw format '%i %t %T'")
    local _, now = output:gsub("active ready", "")
    return now == wanted, output
  end, 60)
end
-- For every system that sees it.
local function san(action, subsystem)
  local done = lab.program(("san --lab %s %s %s"):format(pair:name(), action, subsystem))
  check_equal(done.code, 0, subsystem .. " goes " .. action .. done.output)
end
local function one_goes_and_comes(frame, vios, subsystem, half, degraded)
  san("offline", subsystem)
  halves(degraded)
  nothing_is_lost(subsystem .. " is offline")
  check(pair:vios(frame, vios, "errlog").output:find "DE3B8540.-P H hdisk%d+%s+PATH HAS FAILED", "the server's error log has it")
  check(pair:vios("frameB", vios:gsub("A", "B"), "errlog").output:find("PATH HAS FAILED", 1, true), "and so has that of the other system")
  san("online", subsystem)
  check(pair:vios(frame, vios, "errlog").output:find "A6F5AE7C.-I H hdisk%d+%s+PATH HAS RECOVERED", "and that it is back")
  paths(3)
  -- A half that has failed a moment ago may still be busy.
  for _, what in ipairs { "remove", "re-add" } do
    wait_until("mdadm --" .. what .. " has done it", function()
      local output, status = linux.run(console, ("mdadm /dev/md0 --%s %s 2>&1"):format(what, half))
      return status == 0, output
    end, 60)
  end
  halves("UU")
  nothing_is_lost(subsystem .. " is back")
end

halves "UU"
one_goes_and_comes("frameA", "viosA1", "ds1", "/dev/mapper/mpathb", "_U")
one_goes_and_comes("frameA", "viosA2", "ds2", "/dev/mapper/mpathc", "U_")

-- Figures 5-1 and 5-2.
local moved = linux.migrate(pair, "frameA", "frameB")
check_equal(moved.code, 0, "it moves to two servers" .. (moved.code == 0 and "" or ": " .. moved.output))
linux.check_owner(pair, "frameB")
for _, vios in ipairs { "viosB1", "viosB2" } do
  check(pair:vios("frameB", vios, "lsmap -all").output:find "vtscsi", vios .. " serves one half")
end
halves "UU"
nothing_is_lost("moved")
one_goes_and_comes("frameB", "viosB2", "ds2", "/dev/mapper/mpathc", "U_")
