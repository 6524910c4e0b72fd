-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 4.4.1, figures 4-10 to 4-13; 3.5.2, 3.5.4, 3.6.3, figures 3-7, 3-9 and 3-10
-- teaches: the validation window of a partition that runs: its errors lead to the property or the profile that mends each, and the window migrates when none is left
-- verdict: as in the book; what mends a disk is done on its servers, as 3.7 says
-- simplified: findings have codes of our own where the book shows none
-- Redbook 4.4.1, in the basic environment as it was before anybody prepared it.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
package.path = here .. "../scenarios/?.lua;" .. package.path
local guest = require "lib.guest"
local window = require "lib.window"

local source, target = "9117-MMA-SN10FFE0B-L9", "9117-MMA-SN10DD4AC-L10"
local pair = lab.up { file = lab.default_file():gsub("pair%.toml$", "redbook.toml") }
local run = guest.commands(pair)
local function rmc_is_active()
  wait_until("RMC is active everywhere", function()
    local states = pair:hmc("lssyscfg -r lpar -m " .. source .. " -F rmc_state").output .. pair:hmc("lssyscfg -r lpar -m " .. target .. " -F rmc_state").output
    return not states:find("none", 1, true), states
  end, 60)
end
local function vios(system, server, line)
  local done = pair:vios(system, server, line)
  check_equal(done.code, 0, line .. (done.code == 0 and "" or ": " .. done.output))
end
run(("chsysstate -r lpar -m %s -o on -n mobile -f default"):format(source))
pair:console(source, "mobile"):wait("mobile# ", 60)
rmc_is_active()

local w = pair:open_window { size = "1440x900" }
w:wait("frames", "mobile | 3 | Running")
local function validate(pattern)
  w:press("Return")
  w:wait("wizard", pattern, 60)
end
local function title(text) w:wait("sheet", text:gsub("%p", "%%%0"), 30) end

-- Figures 4-10 and 4-11.
w:press("F3")
w:wait("wizard", "Source system " .. source:gsub("%p", "%%%0"))
validate("Errors:.-HSCLF203.-HSCLF21A.-HSCLF211")

-- Figures 3-7 and 3-9: the first error's own line, and another one of the same window.
for _, server in ipairs { "VIOS1_L9", "VIOS1_L10" } do
  window.line(w, "HSCLF203", "wizard")
  w:press("Return")
  title("Partition Properties - " .. server)
  window.sheet(w)
  w:wait("sheet", "▶ Mover service partition %[ %]")
  w:press("Space")
  window.tab(w, "Settings")
  window.line(w, "Time reference")
  w:press("Space")
  check(window.save(w):find("name=" .. server .. ",msp=1,time_ref=1", 1, true), "it is a mover, and sets its system's clock")
  w:press("Escape")
  w:wait("wizard", "Errors:.-HSCLF211", 60)
end
check(not w:text("wizard"):find("HSCLF203", 1, true), "there are movers now")

-- Figure 3-10. What the partition was activated with counts until it is activated again: from the same windows.
window.line(w, "HSCLF21A", "wizard")
w:press("Return")
title("Logical Partition Profile Properties - default of mobile")
window.sheet(w)
w:wait("sheet", "▶ Enable redundant error path reporting %[x%]")
w:press("Space")
check(window.save(w):find("name=default,lpar_name=mobile,redundant_err_path_reporting=0", 1, true), "the profile is put right")
w:press("Escape")
w:wait("wizard", "Errors:.-HSCLF21A", 60)
for _ = 1, 2 do w:press("Escape") end
run(("chsysstate -r lpar -m %s -o osshutdown -n mobile"):format(source))
pair:wait_state(source, "mobile", "Not Activated", 60)
vios(source, "VIOS1_L9", "chdev -dev hdisk3 -attr pv=yes -perm")
vios(target, "VIOS1_L10", "cfgdev")
for _, line in ipairs { "rmvdev -vtd vtscsi0", "chdev -dev hdisk3 -attr reserve_policy=no_reserve", "mkvdev -vdev hdisk3 -vadapter vhost0" } do
  vios(source, "VIOS1_L9", line)
end
vios(target, "VIOS1_L10", "chdev -dev hdisk2 -attr reserve_policy=no_reserve")
w:press("F11")
window.line(w, "mobile")
w:press("ctrl+L")
title("Manage Profiles - mobile")
window.line(w, "default")
w:press("ctrl+A")
check(w:wait("sheet", "✓ ([^\n]+)", 60):find("chsysstate", 1, true), "it is activated with the profile")
for _ = 1, 2 do w:press("Escape") end
pair:wait_state(source, "mobile", "Running", 60)
rmc_is_active()

-- Figures 4-12 and 4-13: a warning, and all that was chosen for it.
w:press("F3")
w:wait("wizard", "Source system")
validate("No errors: the partition can migrate.-Warnings:.-HSCLA295")
w:press("Return")
w:wait("wizard", "Source mover service partition VIOS1_L9\n.-Destination mover service partition VIOS1_L10", 30)
w:wait("wizard", "Virtual SCSI, slot 2 %(x%) 2/VIOS1_L10/1")
w:press("F4")
w:wait("wizard", "exit status 0", 60)
guest.check_owner(pair, target, "Running")
w:close()
