-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.2, processors of Virtual I/O Servers; 5.4
-- teaches: a mover has no more of a processor than its capped server is entitled to, and an uncapped one is faster; a system profile is tested for pools and slots, too
-- verdict: as in the book
-- simplified: of a server's work its migrations alone are held back
-- Redbook 5.2: "use uncapped Virtual I/O Servers". Exercises 4 and 5 of docs/class/pools.md.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start { file = lab.default_file():gsub("pair%.toml$", "pools.toml") }
local run = guest.commands(pair)
local function set(units, mode)
  for _, each in ipairs { { "frameA", "viosA" }, { "frameB", "viosB" } } do
    run(("chhwres -r proc -m %s -p %s -o s -a sharing_mode=%s"):format(each[1], each[2], mode))
    local now = tonumber((run(("lshwres -r proc -m %s --level lpar --filter lpar_names=%s -F curr_proc_units"):format(each[1], each[2]))))
    if units < now then run(("chhwres -r proc -m %s -p %s -o r --procunits %.1f"):format(each[1], each[2], now - units)) end
  end
end
-- A guest that has written all of its memory: something has to be carried.
local function rate(from, to)
  guest.wait_for_rmc(pair)
  local before = #pair:vios(from, "vios" .. from:sub(-1), "alog -o -t lpm").output
  guest.move(pair, from, to)
  local said = pair:vios(from, "vios" .. from:sub(-1), "alog -o -t lpm").output:sub(before + 1)
  local bytes, seconds = said:match "statistics: sent (%d+) bytes in %d+ records, ([%d.]+) s"
  check(bytes, "the mover has told what it did: " .. said)
  return tonumber(bytes) / tonumber(seconds) / 1024
end
guest.run(console, "ticker", "churn set=128 rate=5000")
guest.wait_for_work(console, "churn", "pages", 20000)
set(0.1, "cap")
local capped = rate("frameA", "frameB")
set(0.1, "uncap")
local uncapped = rate("frameB", "frameA")
print(("capped %.0f KiB/s, uncapped %.0f KiB/s"):format(capped, uncapped))
check(uncapped > 1.5 * capped, "an uncapped server's mover is faster")
guest.all_well(console, "ticker", "churn")

-- chsysstate -r sysprof --test: pools and slots count as memory and processors do.
for _, name in ipairs { "web", "shop" } do run("chsysstate -r lpar -m frameA -o shutdown -n " .. name .. " --immed") end
run [[mksyscfg -r sysprof -m frameA -i 'name=day,"lpar_names=web,shop","profile_names=default,default"']]
run "chsysstate -r sysprof -m frameA -n day --test"
run 'chhwres -r procpool -m frameA -o s --poolid 1 -a "new_name=Web,max_pool_proc_units=1"'
for _, name in ipairs { "web", "shop" } do run("chsyscfg -r prof -m frameA -i lpar_name=" .. name .. ",name=default,shared_proc_pool_name=Web") end
run "chsysstate -r sysprof -m frameA -n day --test"
run "chhwres -r procpool -m frameA -o s --poolname Web -a reserved_pool_proc_units=0.5"
local found = run("chsysstate -r sysprof -m frameA -n day --test", 1)
check(found:find("HSCLF0C1 The partition shop needs 0.6", 1, true) and not found:find("partition web", 1, true), "the second does not fit beside the first: " .. found)
run "chhwres -r procpool -m frameA -o s --poolname Web -a reserved_pool_proc_units=0"
for _, name in ipairs { "web", "shop" } do run("chsyscfg -r prof -m frameA -i lpar_name=" .. name .. ",name=default,io_slots=21010009/none/1") end
found = run("chsysstate -r sysprof -m frameA -n day --test", 1)
check(found:find("HSCLF070", 1, true), "there is no such slot: " .. found)
run "chsyscfg -r prof -m frameA -i lpar_name=web,name=default,io_slots=none"
run "chsyscfg -r prof -m frameA -i lpar_name=shop,name=default,io_slots=none"
run "chsysstate -r sysprof -m frameA -o on -n day"
