-- SPDX-License-Identifier: GPL-2.0-or-later
-- section: 5.7 - 5.9, example 5-3
-- teaches: scripts, programs and kernel extensions are told of a migration, and refuse it if they have the authority
-- verdict: as in the book, in the toy guest
-- simplified: AIX is not there
-- Redbook 5.7 - 5.9: scripts that drmgr registers, programs that catch SIGRECONFIG, and kernel extensions are told of a migration, and may
-- refuse it; but only with authority.
local guest = dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "../scenarios/lib/guest.lua")

local pair, console = guest.start()
guest.run(console, "ticker")
local shown, write_file = guest.typing(console)
local function log_is(wanted, why)
  local found = {}
  for word in shown("cat /tmp/migration.log"):gmatch "\n([A-Z_]+)" do found[#found + 1] = word end
  check_equal(table.concat(found, " "), wanted, why)
  shown "rm /tmp/migration.log"
end
local function migrate(...) return guest.migrate(pair, ...) end
local function refused(by, why)
  local done = migrate("frameA", "frameB")
  check_equal(done.code, 1, why)
  check(done.output:find(by, 1, true), by .. " is named: " .. done.output)
  guest.check_owner(pair, "frameA", "Running")
end

-- Example 5-3. In print, `register` ends with two lists, which the Korn shell does not take either.
local example = [=[
#!/usr/bin/ksh

if [[ $# -eq 0 ]]
then
    echo "DR_ERROR=Script usage error"
    exit 1
fi

ret_code=0
command=$1

case $command in
    scriptinfo )
        echo "DR_VERSION=1.0"
        echo "DR_DATE=27032007"
        echo "DR_SCRIPTINFO=Partition migration test script"
        echo "DR_VENDOR=IBM"
        echo "SCRIPTINFO" >> /tmp/migration.log;;

    usage )
        echo "DR_USAGE=$0 command [parameter]"
        echo "USAGE" >> /tmp/migration.log;;

    register )
        echo "DR_RESOURCE=pmig"
        echo "REGISTER" >> /tmp/migration.log;;

    checkmigrate )
        echo "CHECK_MIGRATE" >> /tmp/migration.log;;

    premigrate )
        echo "PRE_MIGRATE" >> /tmp/migration.log;;

    postmigrate )
        echo "POST_MIGRATE" >> /tmp/migration.log;;

    undocheckmigrate )
        echo "UNDO_CHECK_MIGRATE" >> /tmp/migration.log;;

    * )
        echo "*** UNSUPPORTED *** : $command" >> /tmp/migration.log
        ret_code=10;;
esac

exit $ret_code
]=]
write_file("printed.sh", (example:gsub('echo "DR_RESOURCE=pmig"\n', 'echo "DR_RESOURCE=pmig";;\n')))
check(shown("./printed.sh register"):find "syntax error at line 26", "as it is printed it is refused")
-- A command line that is longer than the screen arrives whole, or not at all.
write_file("last.sh", "echo is $9\n")
local words = {}
for i = 1, 9 do words[i] = ("abcdefghi"):sub(i, i):rep(40) end
check(shown("./last.sh " .. table.concat(words, " ")):find("is " .. ("i"):rep(40), 1, true), "a long line has its last word")
write_file("first.sh", ("a=%s\naware $a $a $a\n"):format(("x"):rep(200)))
check(shown("./first.sh"):find("0403-027 The parameter list is too long.", 1, true), "one that is too long is refused")
write_file("migrate.sh", example)
check(shown("./migrate.sh"):find "DR_ERROR=Script usage error", "without a command it says how it is called")
check(shown("drmgr -i ./migrate.sh -w 5"):find "installed", "it is registered")
log_is("SCRIPTINFO REGISTER USAGE", "and was asked what it is")
local listed = shown "drmgr -l"
check(listed:find("/usr/lib/dr/scripts/all/migrate.sh          Partition migration test script\n" ..
  "Vendor:IBM,      Version:1.0,      Date:27032007\nScript Timeout:10,      Admin Override Timeout:5\n" ..
  "Memory DR Percentage:100\nResources Supported:\nResource Name: pmig      Resource Usage: ./migrate.sh command [parameter]\n", 1, true)
  or listed:find("Resource Usage: migrate.sh command", 1, true), "example 5-4: " .. listed)

guest.move(pair, "frameA", "frameB")
log_is("CHECK_MIGRATE PRE_MIGRATE POST_MIGRATE", "a migration calls it in its phases")
guest.move(pair, "frameB", "frameA")
log_is("CHECK_MIGRATE PRE_MIGRATE POST_MIGRATE", "and the way back, from its copy, which has come along")

-- -f: another of the same name. The copy counts, not the file.
write_file("migrate.sh", (example:gsub('echo "PRE_MIGRATE" >> /tmp/migration.log', 'echo "DR_ERROR=the batch runs"\n        exit 3')))
check(shown("drmgr -i ./migrate.sh"):find "is installed already", "a second one of the name is not taken")
guest.move(pair, "frameA", "frameB")
guest.move(pair, "frameB", "frameA")
check(shown("drmgr -i ./migrate.sh -f"):find "installed", "unless it is forced")
shown "rm /tmp/migration.log"
refused("script migrate.sh refused premigrate (3): the batch runs", "a script refuses in the prepare phase")
log_is("CHECK_MIGRATE UNDO_CHECK_MIGRATE", "and is told that nothing comes of it")
check(shown("drmgr -u migrate.sh"):find "removed", "it is unregistered")

-- -D: on one host alone.
check(shown("drmgr -i ./migrate.sh -D elsewhere"):find "installed", "it is registered for another host")
check(shown("drmgr -l"):find("/usr/lib/dr/scripts/elsewhere/migrate.sh", 1, true), "which has a folder of its own")
check_equal(pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").code, 0, "and does not ask it here")
check(shown("drmgr -i ./migrate.sh -D mobile -f"):find "installed", "it is registered for this one")
refused("script migrate.sh refused premigrate (3)", "and is asked")
check(shown("drmgr -u migrate.sh -D mobile"):find "removed", "it is unregistered")

-- A script that takes too long: its own DR_TIMEOUT.
write_file("slow.sh", [[
case $1 in
scriptinfo) echo DR_VERSION=1.0; echo DR_DATE=27032007; echo DR_TIMEOUT=1;;
register) echo DR_RESOURCE=pmig;;
checkmigrate) spin kind=int seconds=20;;
esac
exit 0
]])
check(shown("drmgr -i ./slow.sh"):find "installed", "a slow one")
refused("timed out", "a script that does not end in time is ended, and that is a refusal")
shown "drmgr -u slow.sh"

-- Only authority refuses. (5.8.1)
guest.run(console, "-u aware refuse=check")
console:wait "aware: ready"
check_equal(pair:hmc("migrlpar -o v -m frameA -t frameB -p mobile").code, 0, "a program without authority cannot refuse")
console:wait "answer=fail, not permitted"
local pid = guest.run(console, "aware refuse=check")
console:wait "aware: ready"
refused("(aware) refused check", "one that has it can")
shown("kill " .. pid)

-- 5.9: a kernel extension that is loaded while the system runs.
check(shown("kextload pmig_watch"):find "loaded", "one that watches")
check(shown("kextload pmig_veto refuse=pre"):find "loaded", "and one that refuses")
refused("kernel extension pmig_veto refused prepare", "it does so in the prepare phase")
shown "kextunload pmig_veto"
guest.move(pair, "frameA", "frameB")
check_equal(shown("genkex"):match "genkex: ([^\n]+)", "pmig_watch check=2 pre=2 post=1 posterror=2", "the other was told of all")
guest.all_well(console, "ticker")
