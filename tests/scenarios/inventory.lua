-- SPDX-License-Identifier: GPL-2.0-or-later
-- Many servers that nobody has written down: their names and identities are the same each time, their partitions are off, and any of them can
-- be activated.
local host = require "lib.host"

local pair = lab.up()   -- the folder of its program's labs
local program = host("readlink /proc/$PPID/exe"):gsub("\n", "")
local name = pair:name() .. "-many"
pair:down()
local function twinframe(words, code)
  local output, status = host(("'%s' %s"):format(program, words))
  check_equal(status, code or 0, words .. (status == (code or 0) and "" or ": " .. output))
  return output
end
local function hmc(line) return twinframe(("hmc --lab %s %s"):format(name, line)) end

local function inventory()
  twinframe(("up --frames 16 --partitions 52 --name %s"):format(name))
  local systems, lpars = hmc "lssyscfg -r sys -F name,serial_num,uuid,state", ""
  local _, count = systems:gsub(",Operating\n", "")
  check_equal(count, 16, "sixteen servers, more than hang on one network")
  for system in hmc("lssyscfg -r sys -F name"):gmatch "%S+" do
    lpars = lpars .. hmc(("lssyscfg -r lpar -m %s -F name,lpar_id,lpar_env,uuid,state"):format(system))
  end
  return systems, lpars
end
local systems, lpars = inventory()
check_equal(select(2, lpars:gsub("aixlinux,[^,]+,Not Activated", "")), 52, "their partitions are off")
check_equal(select(2, lpars:gsub("vioserver,[^,]+,Running", "")), 16, "and a Virtual I/O Server each, which runs")
check(lpars:find("frame01-lp4,5,", 1, true) and not lpars:find("frame05-lp4,", 1, true), "the first ones have one more: " .. lpars)
hmc "chsysstate -r lpar -m frame07 -o on -n frame07-lp2"
check(hmc("lssyscfg -r lpar -m frame07 --filter lpar_names=frame07-lp2 -F state"):find "Running", "one is activated")
twinframe(("down %s --wipe"):format(name))
local again, lpars_again = inventory()
check_equal(again, systems, "the next time the servers are the same")
check_equal(lpars_again, lpars, "and so are their partitions")
twinframe(("down %s --wipe"):format(name))

for _, words in ipairs { "up --frames 0", "up --frames 1001", "up --frames x", "up --partitions 7", "up --frames 2 --partitions 501", "up --frames 2 " .. lab.default_file() } do
  local output = twinframe(words .. " --name " .. name, 2)
  check(output:find "%d" or output:find "numbers", words .. " is refused: " .. output)
end
