-- SPDX-License-Identifier: GPL-2.0-or-later
-- Redbook 5.5 with Debian Linux: a partition on a physical disk and a physical port gets virtual ones while it runs.
local guest = require "lib.guest"
local linux = require "lib.linux"

local physical = {}

-- The lab of figure 5-9, with a partition that has booted from its physical disk; `changes` as for lab.variant.
function physical.start(changes)
  local file = lab.default_file():gsub("pair%.toml$", "physical.toml")
  local readable, reason = lab.try(file)
  if not readable then skip(reason .. " (`images/linux/make storage` makes it, and says why if it cannot)") end
  local all = { { "host_port = 2222", "host_port = 0" }, { "desired_mem = 1024", "desired_mem = 512" } }
  for _, change in ipairs(changes or {}) do all[#all + 1] = change end
  local here = { pair = lab.up { file = lab.variant(all, file) } }
  here.console = here.pair:console("frameA", "linux")
  linux.login(here.console)
  guest.wait_for_rmc(here.pair)
  here.run, here.refused = guest.commands(here.pair)

  function here.inside(line, seconds)
    local output, status = linux.run(here.console, line, seconds)
    check_equal(status, 0, line .. (status == 0 and "" or ": " .. output))
    return output
  end
  function here.vios(frame, line)
    local done = here.pair:vios(frame, frame:gsub("frame", "vios"), line)
    check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
    return done.output
  end
  function here.errors()
    local all_codes = {}
    local said = here.pair:hmc("migrlpar -o v -m frameA -t frameB -p linux").output
    for code in (said:match "^Errors:\n(.-)Warnings:" or said:match "^Errors:\n(.*)" or ""):gmatch "HSCL%w+" do all_codes[#all_codes + 1] = code end
    return table.concat(all_codes, " ")
  end
  -- Files are copied and written all the while; what was there before is read from the disk again.
  function here.begin_writing()
    here.inside "mkdir /root/kept && cp /usr/lib/twinframe/* /root/kept && sync && (cd /root/kept && sha256sum * >/run/sums)"
    here.inside "((while cp /root/kept/rmcd /root/copy && sync; do usleep 200000; done; touch /run/ended) 2>/dev/null &)"
  end
  function here.nothing_is_lost()
    here.inside "sync; echo 3 >/proc/sys/vm/drop_caches; (cd /root/kept && sha256sum -c /run/sums) >/dev/null && [ ! -e /run/ended ]"
    check_equal((linux.run(here.console, "dmesg | grep -E 'EXT4-fs (error|warning)|I/O error|aborted journal'")), "", "the file system has heard of nothing")
  end
  return here
end

-- 5.5.2, 5.5.3: the servers. The server adapter is for this client and this slot only.
function physical.prepare_servers(here)
  for _, frame in ipairs { "frameA", "frameB" } do here.vios(frame, "chdev -dev hdisk1 -attr reserve_policy=no_reserve") end
  here.run 'chhwres -r virtualio -m frameA -p viosA -o a --rsubtype scsi -s 20 -a "adapter_type=server,remote_lpar_name=linux,remote_slot_num=4"'
  here.vios("frameA", "cfgdev")
  here.vios("frameA", "mkvdev -vdev hdisk1 -vadapter vhost0")
end

-- 5.5.4: profile, dynamic LPAR, and the root volume group moves from one disk to the other under load.
function physical.move_storage(here)
  here.run [[chsyscfg -r prof -m frameA -i "lpar_name=linux,name=default,virtual_scsi_adapters=4/client/1/viosA/20/0"]]
  here.run 'chhwres -r virtualio -m frameA -p linux -o a --rsubtype scsi -s 4 -a "adapter_type=client,remote_lpar_name=viosA,remote_slot_num=20"'
  here.inside "for i in $(seq 100); do [ -b /dev/sda ] && break; usleep 100000; done; [ -b /dev/sda ]"
  here.begin_writing()
  here.inside "pvcreate -q /dev/sda && vgextend -q rootvg /dev/sda"
  here.inside("pvmove -i 1 /dev/vda /dev/sda", 300)
  here.inside "vgreduce -q rootvg /dev/vda && pvremove -q /dev/vda"
  check_equal((here.inside("pvs --noheadings -o pv_name,vg_name"):gsub("%s+", " ")), " /dev/sda rootvg ", "the root volume group is on the virtual disk alone")
  here.nothing_is_lost()
end

-- 5.5.5: profile, dynamic LPAR.
function physical.add_network(here)
  here.run [[chsyscfg -r prof -m frameA -i "lpar_name=linux,name=default,virtual_eth_adapters=5/0/1//0/0"]]
  here.run 'chhwres -r virtualio -m frameA -p linux -o a --rsubtype eth -s 5 -a "port_vlan_id=1,ieee_virtual_eth=0"'
  here.inside "for i in $(seq 100); do [ -e /sys/class/net/eth1 ] && break; usleep 100000; done; ip link set eth1 up"
end

return physical
