-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.6.1, 5.8.3, the wait time and the level of detail
-- teaches: what -w and -d of a migration and of a dynamic operation mean to the scripts in the partition
-- verdict: as in the book, in the toy guest
-- simplified: nothing
-- Redbook 5.6.1 and 5.8.3: migrlpar's -w ends a script that would be allowed to go on by its own limit, and -d tells it how much to say.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start { file = lab.variant { { "  desired_mem = 256\n", "  desired_mem = 256\n  max_mem = 512\n" } } }
local run = guest.commands(pair)
local shown, write_file = guest.typing(console)

-- It may take an hour, as it says itself, and it does.
write_file("slow.sh", [[
case $1 in
scriptinfo) echo DR_VERSION=1.0; echo DR_TIMEOUT=3600;;
register) echo DR_RESOURCE=pmig mem;;
usage) ;;
checkmigrate) echo "$1 $DR_DETAIL_LEVEL" >> /tmp/detail;;
premigrate) echo "$1 $DR_DETAIL_LEVEL" >> /tmp/detail; aware;;
checkacquire) echo "$1 $DR_DETAIL_LEVEL" >> /tmp/detail;;
esac
exit 0
]])
check(shown("drmgr -i ./slow.sh"):find "installed", "a slow script is registered")
check(shown("drmgr -l"):find "Script Timeout:3600,", "with the limit that it gives itself")
run "chhwres -r mem -m frameA -p mobile -o a -q 16 -w 2 -d 3"
run "migrlpar -o v -m frameA -t frameB -p mobile -d 5"
local began = now_ms()
local refused = guest.migrate(pair, "frameA", "frameB", "-w 1 -d 2")
local seconds = (now_ms() - began) / 1000
check_equal(refused.code, 1, "it does not end in the wait time")
check(refused.output:find("script slow.sh refused premigrate", 1, true) and refused.output:find("timed out", 1, true),
  "the script is ended, and that is a refusal: " .. refused.output)
check(seconds >= 59 and seconds < 90, ("after the minute of the command's, not the hour of its own: %.0f s"):format(seconds))
check_equal(shown("cat /tmp/detail"):match "\n(.*)mobile# $", "checkacquire 3\ncheckmigrate 5\ncheckmigrate 2\npremigrate 2\n", "and how much it was to say")
guest.check_owner(pair, "frameA", "Running")
shown "drmgr -u slow.sh"
guest.move(pair, "frameA", "frameB")
