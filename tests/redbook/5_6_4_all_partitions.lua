-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.2, 5.6.4, example 5-1
-- teaches: a shell script empties a system, one partition after the other; active and inactive migrations side by side, and their number
-- verdict: as in the book
-- simplified: nothing
-- Redbook 5.2 and 5.6.4, example 5-1: all partitions of a system go to another one, in a shell's loop; then back, all at once.
local here = debug.getinfo(1, "S").source:match("^@(.*/)")
package.path = here .. "../scenarios/?.lua;" .. package.path
local guest, host = require "lib.guest", require "lib.host"

local function partition(name, id)
  return ('\n  [[frame.partition]]\n  name = "%s"\n  id = %d\n  ip_address = "10.0.2.2%d"\n  desired_mem = 64\n  disks = ["%s_root"]\n  vlans = [1]\n' ..
    '  boot_image = "nomad"\n  boot_arguments = "ip=10.0.2.2%d"\n  auto_start = true\n'):format(name, id, id, name, id)
end
local function lun(name) return ('[[lun]]\nname = "%s_root"\nsize_mb = 64\n\n'):format(name) end
local luns, all_luns = 'luns = ["mobile_root"]', 'luns = ["mobile_root", "batch_root", "spare_root"]'
local pair = lab.up { file = lab.variant {
  { "[[segment]]", lun "batch" .. lun "spare" .. "[[segment]]" }, { luns, all_luns }, { luns, all_luns },
  { "  auto_start = true\n", "  auto_start = true\n" .. partition("batch", 4) .. partition("spare", 5) },
} }
local run = guest.commands(pair)
local console = guest.boot(pair)
for _, name in ipairs { "batch", "spare" } do pair:console("frameA", name):wait(name .. "# ", 60) end
guest.wait_for_rmc(pair)
guest.run(console, "ticker")
run "chsysstate -r lpar -m frameA -o osshutdown -n spare"
pair:wait_state("frameA", "spare", "Not Activated", 30)
run 'chsyscfg -r lpar -m frameA -i "name=batch,work_group_id=3"'

-- The commands by their own names, as somebody types them who is logged in at the console.
local commands = host("readlink /proc/$PPID/exe"):gsub("/[^/]*\n", "")
local script = pair:state_folder() .. "/evacuate"
local file = assert(io.open(script, "w"))
file:write [=[
capable() { lssyscfg -r sys -m $1 -F active_lpar_mobility_capable,inactive_lpar_mobility_capable; }
[ "$(capable $SRC_SERVER)" = 1,1 ] && [ "$(capable $DEST_SERVER)" = 1,1 ] || exit 9
for lpar in $(lslparmigr -r lpar -m $SRC_SERVER -F name)
do
  [ "$(lssyscfg -r lpar -m $SRC_SERVER --filter lpar_names=$lpar -F lpar_env)" = aixlinux ] || continue
  [ "$(lslparmigr -r lpar -m $SRC_SERVER --filter lpar_names=$lpar -F migration_state)" = "Not Migrating" ] || continue
  if ! migrlpar -o v -m $SRC_SERVER -t $DEST_SERVER -p $lpar >/dev/null
  then
    echo "$lpar: not valid"
    continue
  fi
  if migrlpar -o m -m $SRC_SERVER -t $DEST_SERVER -p $lpar >/dev/null
  then
    echo "$lpar: moved"
  else
    echo "$lpar: failed"
    migrlpar -o r -m $SRC_SERVER -p $lpar
    break
  fi
done
]=]
file:close()
local function evacuate(from, to)
  local output, status = host(("PATH=%s:$PATH; export PATH; TWINFRAME_LAB=%s SRC_SERVER=%s DEST_SERVER=%s sh %s"):format(commands, pair:name(), from, to, script))
  check_equal(status, 0, "the script ends well" .. (status == 0 and "" or ": " .. output))
  return output
end
local function listed(frame) return run("lssyscfg -r lpar -m " .. frame .. " -F name,state") end

check_equal(evacuate("frameA", "frameB"), "mobile: moved\nbatch: not valid\nspare: moved\n", "it moves what can be moved")
check_equal(listed "frameA", "viosA,Running\nbatch,Running\n", "its Virtual I/O Server stays, and what is not valid")
check_equal(listed "frameB", "viosB,Running\nmobile,Running\nspare,Not Activated\n", "the others have gone, running or not")
run 'chsyscfg -r lpar -m frameA -i "name=batch,work_group_id=none"'
guest.wait_for_rmc(pair)
check_equal(evacuate("frameA", "frameB"), "batch: moved\n", "once it is put right, it moves as well")
check_equal(listed "frameA", "viosA,Running\n", "the system can be shut down")
guest.wait_for_rmc(pair)

-- 5.2: any mix of active and inactive ones, in parallel.
pair:fault("frameB", "slow-mover:2000000")
pair:fault("hmc", "delay:300 step=any move=inactive")
local tasks = {}
for _, name in ipairs { "mobile", "batch", "spare" } do tasks[#tasks + 1] = pair:start("migrlpar -o m -m frameB -t frameA -p " .. name) end
local numbers = "lslparmigr -r sys -m %s -F num_active_migrations_in_progress,num_inactive_migrations_in_progress"
wait_until("three migrations go on", function()
  local now = run(numbers:format "frameB")
  return now == "2,1\n", now
end, 30)
check_equal(run(numbers:format "frameA"), "2,1\n", "the destination counts them, too")
pair:fault("frameB", "slow-mover:0")
pair:clear_faults "hmc"
for _, task in ipairs(tasks) do
  local moved = task:wait(60)
  check_equal(moved.code, 0, "it moves" .. (moved.code == 0 and "" or ": " .. moved.output))
end
check_equal(run(numbers:format "frameB"), "0,0\n", "none goes on any more")
guest.check_clean(pair)
guest.all_well(console, "ticker")
