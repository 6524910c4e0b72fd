-- SPDX-License-Identifier: GPL-2.0-or-later
-- A boot server on the lab's network: the firmware of a partition asks it who it is, fetches the toy guest and starts it. A server that
-- says nothing, a file that is no image, one that leads out of the folder, and nonsense on the network are survived.
local guest = require "lib.guest"
local host = require "lib.host"

local folder = os.tmpname()
os.remove(folder)
host("mkdir " .. folder)
local images = os.getenv "TWINFRAME_IMAGES" or host("readlink -f /proc/$PPID/exe"):gsub("/bin/[^/]*\n$", "") .. "/images/nomad"
local function file_of(name, content)
  local file = assert(io.open(folder .. "/" .. name, "wb"))
  file:write(content)
  file:close()
end
local kernel = assert(io.open(images .. "/nomad.elf", "rb"), "the toy guest is in " .. images):read("a")
file_of("nomad.elf", kernel)
file_of("text", "this is no kernel\n")
file_of("cut.elf", kernel:sub(1, 3000))
host("ln -s /etc/passwd " .. folder .. "/link")

local lan = 'name = "lan0"\nnetwork = "10.0.2.0/24"\n'
local function server(files)
  return lan .. ([==[

  [[segment.boot_server]]
  address = "10.0.2.5"
  folder = "%s"

    [[segment.boot_server.client]]
    ip_address = "10.0.2.15"
    file = "nomad.elf"

    [[segment.boot_server.client]]
    ip_address = "10.0.2.16"
    mac_addr = "0A0000000316"
    file = "text"
]==]):format(files)
end

local missing, reason = lab.try(lab.variant { { lan, server("/nowhere/at/all") } })
check(not missing and reason:find("there is no folder"), "a folder that is not there: " .. tostring(reason))

local pair = guest.start { file = lab.variant { { lan, server(folder) } } }
local run, refused = guest.commands(pair)
local function state() return (run("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F state"):gsub("\n", "")) end
local function code() return (run("lsrefcode -r lpar -m frameA --filter lpar_names=mobile -F refcode"):gsub("\n", "")) end
local addresses = " -D -s auto -d auto -C 10.0.2.15 -G 10.0.2.2 -K 255.255.255.0"

-- It is running: its power is taken, its firmware boots.
local text = run("lpar_netboot -v -f -t ent" .. addresses .. " -S 10.0.2.5 -g ip=10.0.2.15 mobile default frameA")
for _, line in ipairs { "# Subnetmask IP address is 255.255.255.0.", "# /vdevice/l%-lan@30000003 ping successful.", "# bootp sent over network.",
  "# Network boot proceeding, lpar_netboot is exiting.", "# Finished." } do
  check(text:find(line), line)
end
check_equal(state(), "Running", "it runs")
local console = guest.boot(pair)
check(console:text():find("FILE: nomad.elf"), "its firmware has fetched the image")
guest.wait_for_rmc(pair)
check_equal(pair:hmc("migrlpar -o m -m frameA -t frameB -p mobile").code, 0, "it moves as any other")
run "migrlpar -o m -m frameB -t frameA -p mobile"

-- Nobody has this address; this one is the network's gateway, which boots nobody.
local silent = run("lpar_netboot -M -n -f -t ent" .. addresses .. " -S 10.0.2.99 mobile default frameA")
check(silent:find("/vdevice/l%-lan@30000003 unsuccessful virtual\n"), "nobody answers")
local failed = pair:hmc("lpar_netboot -f -t ent" .. addresses .. " -S 10.0.2.99 mobile default frameA")
check(failed.code ~= 0 and failed.output:find("ping unsuccessful"), "it says so: " .. failed.output)
check_equal(state(), "Open Firmware", "its firmware waits")
text = run("lpar_netboot -f -t ent" .. addresses .. " -y 1 -S 10.0.2.2 mobile default frameA")
check(text:find("\nlpar_netboot: bootp operation failed.\n$"), "no BOOTP: " .. text)
check_equal(code(), "BA010004", "its reference code")
check_equal(state(), "Open Firmware", "its firmware waits")

-- What is no image, and what is not in the folder.
for name, why in pairs { text = "BA210000", ["cut.elf"] = "BA210000", link = "BA010005", ["../state"] = "BA010005", nothing = "BA010005" } do
  local boot = "lpar_netboot -f -t ent -B " .. name .. addresses .. " -S 10.0.2.5 mobile default frameA"
  refused(boot, "HSCLF0A0")
  check_equal(code(), why, name)
end
check_equal(state(), "Open Firmware", "its firmware waits")

-- Without addresses everybody is asked; the table knows this adapter by its address only, so nobody answers.
text = run "lpar_netboot -f -t ent -y 1 -s auto -d auto mobile default frameA"
check(text:find("bootp operation failed"), "a broadcast that nobody answers")

-- TFTP alone.
text = run("lpar_netboot -f -t ent -a -B nomad.elf" .. addresses .. " -S 10.0.2.5 -g ip=10.0.2.15 mobile default frameA")
check(text:find("# Finished."), "without BOOTP")
guest.boot(pair)

-- The console's process dies, and with it the server: both are there again.
pair:kill "hmc"
pair:restart()
wait_until("the console answers", function() return pair:hmc("lssyscfg -r sys -m frameA -F state").output == "Operating\n" end)
text = run("lpar_netboot -f -t ent" .. addresses .. " -S 10.0.2.5 -g ip=10.0.2.15 mobile default frameA")
check(text:find("# Finished."), "it boots again")
guest.boot(pair)
pair:down()
host("rm -r " .. folder)
