-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a Virtual I/O Server needs of the host is damaged or gone: `up` names the server, the file and the remedy, and fails. The server is in
-- state "Error" with a reference code, nothing is repaired unasked, and the rest works. With the file put back it is activated again.
local guest = require "lib.guest"
local host = require "lib.host"

local pair, console = guest.start()
guest.run(console, "bank rate=50")
console:wait("bank: formatted", 20)
local state = pair:state_folder()
local function state_of(frame, lpar)
  return pair:hmc(("lssyscfg -r lpar -m %s -F state --filter lpar_names=%s"):format(frame, lpar)).output
end
local function on(frame, lpar)
  return pair:hmc(("chsysstate -m %s -r lpar -o on -n %s"):format(frame, lpar))
end
local map = pair:vios("frameB", "viosB", "lsmap -all").output

local function copy(file) host(("cp --sparse=always '%s' '%s.kept'"):format(file, file)) end
local function content(file) return (host(("stat -c '%%F %%s' '%s'; sha256sum < '%s'"):format(file, file))) end

-- `damage`: a shell command; FILE in it is the file's name.
local function live_through(what, file, damage, refcode)
  say("- " .. what)
  local path = state .. "/" .. file
  copy(path)
  pair:kill("frameB")
  host((damage:gsub("FILE", "'" .. path .. "'")))
  local damaged = content(path)
  local went, why = pcall(pair.restart, pair)
  check(not went, "up fails")
  check(why:find("frameB: the Virtual I/O Server viosB does not run: ", 1, true) and why:find(path, 1, true), "it names all: " .. why)
  check_equal(state_of("frameB", "viosB"), "Error\n", "the server is in error")
  local shown = pair:hmc("lsrefcode -r lpar -m frameB -F refcode --filter lpar_names=viosB").output
  check_equal(shown, refcode .. "\n", "a reference code tells why")
  check_equal(state_of("frameA", "mobile"), "Running\n", "the other frame works")
  local refused = on("frameB", "viosB")
  check(refused.code ~= 0 and refused.output:find(path, 1, true), "it is not activated as it is: " .. refused.output)
  check_equal(content(path), damaged, "nothing was made of the file")
  check(pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").code ~= 0, "nobody can move there")
  host(("rm -rf '%s' && mv '%s.kept' '%s'"):format(path, path, path))
  local done = on("frameB", "viosB")
  check_equal(done.code, 0, "mended, it is activated" .. done.output)
  check_equal(state_of("frameB", "viosB"), "Running\n", "and runs")
  check_equal(pair:vios("frameB", "viosB", "lsmap -all").output, map, "with what it had")
end

live_through("a device database with another bit", "frameB.viosB.odm", "printf X | dd of=FILE bs=1 seek=60 conv=notrunc status=none", "0555")
live_through("half a device database", "frameB.viosB.odm", "truncate -s 50 FILE", "0555")
live_through("no device database", "frameB.viosB.odm", "rm FILE", "0555")
live_through("a folder in its place", "frameB.viosB.odm", "rm FILE; mkdir FILE", "0555")
live_through("reservations that are none", "luns/frameB.viosB.hdisk0.reservations", "cp /bin/true FILE", "0554")
live_through("reservations with another bit", "luns/frameB.viosB.hdisk0.reservations", "printf X | dd of=FILE bs=1 seek=100 conv=notrunc status=none", "0554")
live_through("its own disk cut short", "luns/frameB.viosB.hdisk0.img", "truncate -s 1M FILE", "0554")

-- A disk of the SAN is looked at before anything is started.
pair:kill("frameB")
local disk = state .. "/luns/mobile_root.img"
local size = host(("stat -c %%s '%s'"):format(disk))
host(("truncate -s 1M '%s'"):format(disk))
local went, why = pcall(pair.restart, pair)
check(not went and why:find(disk, 1, true) and why:find("bring the whole disk back", 1, true), "a LUN that was cut short is named: " .. why)
check_equal(host(("stat -c %%s '%s'"):format(disk)), "1048576\n", "and not filled up")
check_equal(size, "67108864\n", "as large as it was")
