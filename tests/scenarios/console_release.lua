-- SPDX-License-Identifier: GPL-2.0-or-later
-- The lab file says which release its console is; without that it is a recent one.
local function names(line)
  local found = {}
  for name in line:gmatch("([%w_]+)=") do found[name] = true end
  return found
end

local function release_of(file)
  local pair = lab.up { file = file }
  local said = {
    version = pair:hmc("lshmc -V").output,
    level = pair:hmc("lshmc -v").output:match("%*RM ([^\n]+)"),
    system = names(pair:hmc("lssyscfg -r sys -m frameA").output),
    partition = names(pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=mobile").output),
    uuid = pair:hmc("lssyscfg -r lpar -m frameA --filter lpar_names=mobile -F uuid"),
  }
  pair:down()
  return said
end

local old = release_of(nil)
check(old.version:find('"base_version=V7R3.2\n', 1, true), "the default lab's is the one of the Redbook")
check_equal(old.level, "V7R3.2.0.0", "and says so twice")
check(old.system.state and not old.system.sp_type and not old.partition.os, "with its names")
check_equal(old.uuid.code, 0, "a name of a later release can be asked for")

local recent = release_of(lab.variant { { '[[hmc]]\nversion = "V7R3.2"\n', "" } })
check(recent.version:find("Version: 10\n Release: 3\n Service Pack: 1060\n", 1, true), "without a version it is V10R3")
check(recent.system.sp_type and recent.system.max_vtpm_lpars and recent.partition.os, "with its names")
check(not recent.system.hca_capable and old.system.hca_capable, "and without those that are gone")

local middle = release_of(lab.variant { { '"V7R3.2"', '"V7R7.9"' } })
check(middle.partition.suspend_capable and not old.partition.suspend_capable and not middle.partition.os, "V7R7.9 is between the two")

local newest = release_of(lab.variant { { '"V7R3.2"', '"V11R2 1120"' } })
check(newest.version:find("Service Pack: 1120\nHMC Build level 2607082225\n\",\"base_version=V11R2\n", 1, true), "V11R2 as it was recorded")

local done = lab.program("up " .. lab.variant { { '"V7R3.2"', '"V12R1"' } })
check_equal(done.code, 2, "another one is refused")
check(done.output:find("is one of V7R3.1, V7R3.2, V7R7.9, V10R3 1060, V11R2 1120", 1, true), "with those that there are: " .. done.output)
