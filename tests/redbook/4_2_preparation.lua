-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: chapter 3, 4.2
-- teaches: what validation finds in the basic environment before it is prepared, and how each of it is put right: movers, profile, identifiers and reserve_policy of disks
-- verdict: as in the book
-- simplified: findings have codes of our own where the book shows none (HSCLF203, HSCLF211)
-- Redbook chapter 3 and 4.2: the basic environment as it was before anybody prepared it. Validation names what is missing; one after the
-- other is put right as the book says, until nothing is left and the partition moves.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
local guest = dofile(here .. "../scenarios/lib/guest.lua")

local source, target = "9117-MMA-SN10FFE0B-L9", "9117-MMA-SN10DD4AC-L10"
local pair = lab.up { file = lab.default_file():gsub("pair%.toml$", "redbook.toml") }
local run = guest.commands(pair)
local function vios(frame, server, line, code)
  local done = pair:vios(frame, server, line)
  check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function on_source(line, code) return vios(source, "VIOS1_L9", line, code) end
local function on_target(line, code) return vios(target, "VIOS1_L10", line, code) end
local function rmc_is_active()
  wait_until("RMC is active everywhere", function()
    local states = pair:hmc("lssyscfg -r lpar -m " .. source .. " -F rmc_state").output .. pair:hmc("lssyscfg -r lpar -m " .. target .. " -F rmc_state").output
    return not states:find("none", 1, true), states
  end, 60)
end
local function start()
  run(("chsysstate -r lpar -m %s -o on -n mobile -f default"):format(source))
  pair:console(source, "mobile"):wait("mobile# ", 60)
  rmc_is_active()
end
-- The codes of the errors that validation finds, each once.
local function findings()
  local done, codes, seen = pair:hmc(("migrlpar -o v -m %s -t %s -p mobile"):format(source, target)), {}, {}
  local errors = done.output:match("^Errors:\n(.-)Warnings:") or done.output:match("^Errors:\n(.*)") or ""
  for code in errors:gmatch("HSCL%w+") do
    if not seen[code] then codes[#codes + 1] = code end
    seen[code] = true
  end
  return codes, done
end

start()
check_equal((findings()), { "HSCLF203", "HSCLF21A", "HSCLF211" }, "neither movers, nor the partition, nor its disk are prepared")

-- 3.5.2, 3.5.4: mover service partitions, and the clocks that a migration is timed by.
for _, each in ipairs { { source, "VIOS1_L9" }, { target, "VIOS1_L10" } } do
  run(('chsyscfg -r lpar -m %s -i "name=%s,msp=1,time_ref=1"'):format(each[1], each[2]))
end
check_equal((findings()), { "HSCLF21A", "HSCLF211" }, "there are movers now")

-- 3.6.3: redundant error path reporting. What the partition was activated with counts until it is activated again.
run(('chsyscfg -r prof -m %s -i "lpar_name=mobile,name=default,redundant_err_path_reporting=0"'):format(source))
check_equal((findings()), { "HSCLF21A", "HSCLF211" }, "a profile is not what runs")
run(("chsysstate -r lpar -m %s -o osshutdown -n mobile"):format(source))
pair:wait_state(source, "mobile", "Not Activated", 60)

-- 3.7: identifiers and reserve_policy, on all servers that see the disk.
check(on_source("lspv"):find("hdisk3%s+none%s+None"), "the disk has no physical volume identifier")
on_source "chdev -dev hdisk3 -attr pv=yes -perm"
local pvid = on_source("lspv"):match("hdisk3%s+(%x+)%s+None")
check(pvid and #pvid == 16, "chdev has put one on it")
on_target "cfgdev"
check(on_target("lspv"):find(pvid, 1, true), "the other server reads the same")
check(on_source("lsdev -dev hdisk3 -attr"):find("reserve_policy%s+single_path"), "its reserve_policy is single_path")
on_source("chdev -dev hdisk3 -attr reserve_policy=no_reserve", 1)   -- busy: it is exported
on_source "rmvdev -vtd vtscsi0"
on_source "chdev -dev hdisk3 -attr reserve_policy=no_reserve"
on_source "mkvdev -vdev hdisk3 -vadapter vhost0"
on_target "chdev -dev hdisk2 -attr reserve_policy=no_reserve"
start()
check_equal((findings()), {}, "nothing is left to do")

-- 4.1: a disk that is inside of the system does not move.
on_source "mkvdev -vdev hdisk1 -vadapter vhost0 -dev inside"
check_equal((findings()), { "HSCLF213", "HSCLA24E" }, "a disk of the system's own is in the way")
on_source "rmvdev -vtd inside"

local moved = pair:hmc(("migrlpar -o m -m %s -t %s -p mobile"):format(source, target))
check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
guest.check_owner(pair, target, "Running")
