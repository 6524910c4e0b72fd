-- SPDX-License-Identifier: GPL-2.0-or-later
-- stonith's plugin ibmhmc (Debian's cluster-glue), unchanged, with the key of the lab.
local client = require "lib.client"
local host = client.host
if select(2, host "stonith -L | grep -q ibmhmc") ~= 0 then skip "stonith is not installed (Debian package cluster-glue)" end

local pair, ssh = client.start()
-- It calls `ssh -l hscroot ADDRESS`: ours knows the key and the console.
local folder = pair:state_folder() .. "/path"
host("mkdir -p " .. folder)
local file = assert(io.open(folder .. "/ssh", "w"))
file:write(("#!/bin/sh\nexec /usr/bin/ssh -F %s \"$@\"\n"):format(ssh.file))
file:close()
host("chmod 755 " .. folder .. "/ssh")
local function stonith(arguments)
  return host(("PATH=%s:$PATH stonith -t ibmhmc ipaddr=%s %s"):format(folder, ssh.name, arguments))
end

local output, status = stonith "-S"
check_equal(status, 0, "the device answers: " .. output)
output, status = stonith "-l"
check(status == 0 and output:find("mobile\n", 1, true), "it lists the partitions: " .. output)
output, status = stonith "-T off mobile"
check_equal(status, 0, "off " .. output)
check_equal(pair:where("mobile").frameA, "Not Activated", "the partition is off")
output, status = stonith "-T on mobile"
check_equal(status, 0, "on " .. output)
check_equal(pair:where("mobile").frameA, "Running", "it runs again")
output, status = stonith "-T reset mobile"
check_equal(status, 0, "reset " .. output)
check_equal(pair:where("mobile").frameA, "Running", "and again")
