-- SPDX-License-Identifier: GPL-2.0-or-later
-- Who a session belongs to: a user, and not a name. A user who is removed loses the session; another one who gets the name has neither its
-- rights nor its files. The server comes back where it was, with what users have.
local client = require "lib.client"
local host = client.host

local pair, ssh = client.start()
local folder = pair:state_folder()
local file = assert(io.open(folder .. "/askpass", "w"))
file:write "#!/bin/sh\necho \"$TRIED\"\n"
file:close()
host("chmod 700 " .. folder .. "/askpass")
local function as(user, password, line, options)
  return host(("TRIED=%s SSH_ASKPASS=%s/askpass SSH_ASKPASS_REQUIRE=force setsid -w ssh -F %s -o PubkeyAuthentication=no -o User=%s %s %s %s"):format(
    password, folder, ssh.file, user, options or "", ssh.name, client.quoted(line)))
end

for _, user in ipairs { "eve", "probe" } do
  ssh.well(("mkhmcusr -u %s -a hmcviewer --passwd first4you"):format(user))
  check_equal((as(user, "first4you", "touch kept; ls; whoami")), "kept\n" .. user .. "\n", user .. " logs in, and has a home")
end
-- An open session of a user who goes, and comes again as somebody else.
local master = ("-o ControlPath=%s/eve"):format(folder)
as("eve", "first4you", "true", master .. " -o ControlMaster=auto -o ControlPersist=yes")
check_equal((as("eve", "none", "echo on the open connection", master)), "on the open connection\n", "a connection stays open")
ssh.well "rmhmcusr -u eve"
ssh.well "mkhmcusr -u eve -a hmcsuperadmin --passwd second4you"
local output = as("eve", "none", "mkhmcusr -u evil -a hmcsuperadmin --passwd evil4you", master)
check(not ssh.well("lshmcusr -F name"):find "evil", "the old session has not the new user's rights: " .. output)
wait_until("the old session is ended", function() return select(2, host(("ssh -F %s %s -O check %s"):format(ssh.file, master, ssh.name))) ~= 0 end)
check_equal((as("eve", "second4you", "ls; lshmcusr --filter names=eve -F taskrole")), "hmcsuperadmin\n", "the new one begins with an empty home")

-- The server's process dies: it is back, ready when `up` says so, with the users' files.
local before = pair:status().ssh
for _ = 1, 2 do
  pair:kill "ssh"
  pair:restart()
  check_equal(ssh.well "echo back", "back\n", "who comes right after `up` gets in")
end
local after = pair:status().ssh
check_equal(after.address .. after.host_key_fingerprint, before.address .. before.host_key_fingerprint, "at the same address, with the same key")
check_equal((as("probe", "first4you", "ls")), "kept\n", "whatever a user is called, the files are there")

-- Without the console's own process nobody is told that a key is wrong.
pair:kill "hmc"
local output, status = ssh.run "true"
check(status == 255 and not output:find "Permission denied", "the client hears of no wrong key: " .. output)
pair:restart()
ssh.well "lssyscfg -r sys -F name"
