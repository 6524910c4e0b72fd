-- SPDX-License-Identifier: GPL-2.0-or-later
-- System profiles: a partition that moves leaves those of its source, also one that had nobody else, and joins none on its destination,
-- as before so after a restart of both frames; and one activates its partitions.
local guest = require "lib.guest"

local pair = guest.start()

local function run(line, code)
  local done = pair:hmc(line)
  check_equal(done.code, code or 0, line .. (done.code == (code or 0) and "" or ": " .. done.output))
  return done.output
end
local function listed(frame) return run("lssyscfg -r sysprof -m " .. frame .. " -F name,lpar_names,profile_names") end

run [[mksyscfg -r sysprof -m frameA -i "name=both,\"lpar_names=viosA,mobile\",\"profile_names=default,default\""]]
run [[mksyscfg -r sysprof -m frameA -i "name=alone,lpar_names=mobile,profile_names=default"]]
run [[mksyscfg -r sysprof -m frameB -i "name=other,lpar_names=viosB,profile_names=default"]]
local others = "other,viosB,default\n"
check_equal(listed("frameA"), 'both,"viosA,mobile","default,default"\nalone,mobile,default\n', "the source has two system profiles")
pair:kill("frameA")
pair:restart()
check_equal(listed("frameA"), 'both,"viosA,mobile","default,default"\nalone,mobile,default\n', "and has them after a restart of its frame")

check(run("chsysstate -r sysprof -m frameA -n both --test", 1):find("HSCL3681"), "what runs already stands against an activation")
run "chsysstate -r sysprof -m frameA -n alone --test"
check_equal(pair:where("mobile").frameA, "Not Activated", "a validation activates nothing")
run "chsysstate -r sysprof -m frameA -n alone -o on --test"
pair:wait_state("frameA", "mobile", "Running")
guest.wait_for_rmc(pair)
guest.move(pair, "frameA", "frameB")
guest.check_owner(pair, "frameB", "Running")
check_equal(listed("frameA"), "both,viosA,default\n", "the partition has left those of the source")
check_equal(listed("frameB"), others, "and is in none of the destination")
for _, frame in ipairs { "frameA", "frameB" } do pair:kill(frame) end
pair:restart()
check_equal(listed("frameA"), "both,viosA,default\n", "a restart of the source brings nothing back")
check_equal(listed("frameB"), others, "nor one of the destination")
