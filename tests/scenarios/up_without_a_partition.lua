-- SPDX-License-Identifier: GPL-2.0-or-later
-- A partition that is started with its lab and cannot be: `up` names it and the reason, its exit status is 1, and the rest of the lab
-- runs. It can be activated as soon as nothing stands in its way.
local image = os.tmpname()
local junk = assert(io.open(image, "w"))
junk:write("this is no kernel\n")
junk:close()
local file = lab.variant { { 'boot_image = "nomad"', ('boot_image = "%s"'):format(image) } }
local done = lab.program("up " .. file)
check_equal(done.code, 1, "a script sees that not all was done")
check(done.output:find("frameA: the partition mobile does not run: ", 1, true), "up names the partition: " .. done.output)
check(done.output:find(image, 1, true), "and the reason: " .. done.output)
check(not done.output:find("ready", 1, true), "and says of nothing that it is ready")

local function hmc(line) return lab.program("hmc " .. line) end
check_equal(hmc("lssyscfg -r lpar -m frameA -F name,state").output, "viosA,Running\nmobile,Error\n", "the rest of the lab runs")
local status = lab.program("status").output
check(status:find("Error", 1, true) and status:find(image, 1, true), "status shows why: " .. status)
check_equal(lab.program("up " .. file).code, 0, "a second up starts nothing, and has nothing to tell")

check_equal(hmc("chsysstate -r lpar -m frameA -o on -n mobile -b of").code, 0, "it is activated without an image")
check_equal(hmc("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F state").output, "Open Firmware\n", "and is up")
check(not lab.program("status").output:find(image, 1, true), "status tells the former reason no more")
check_equal(lab.program("down").code, 0, "the lab is stopped")
os.remove(image)
