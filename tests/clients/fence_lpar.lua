-- SPDX-License-Identifier: GPL-2.0-or-later
-- fence_lpar of Debian's fence-agents, unchanged: by password and by key, over a log-in with a terminal.
local client = require "lib.client"
local host = client.host
if select(2, host "command -v fence_lpar") ~= 0 then skip "fence_lpar is not installed (Debian package fence-agents)" end

local pair, ssh = client.start()
local password = assert(io.open(ssh.password_file)):read("l")
local ways = {
  password = "-p " .. password,
  key = "-k " .. ssh.key_file,
}
local function fence(way, action, plug)
  return host(("fence_lpar -a %s --ipport=%d -l hscroot %s -x --hmc-version=4 -s frameA %s -o %s --login-timeout=30 --power-timeout=60 " ..
    "--ssh-options='-t -o StrictHostKeyChecking=yes -o UserKnownHostsFile=%s/ssh/known_hosts'"):format(
    ssh.address, ssh.port, ways[way], plug and "-n " .. plug or "", action, pair:state_folder()))
end

for way in pairs(ways) do
  local output, status = fence(way, "status", "mobile")
  check(status == 0 and output:find "Status: ON", "by " .. way .. ": status of a partition that runs: " .. output)
  output, status = fence(way, "list")
  check(status == 0 and output:find "mobile" and output:find "viosA", "list: " .. output)
  output, status = fence(way, "monitor")
  check_equal(status, 0, "monitor " .. output)
end
local output, status = fence("password", "off", "mobile")
check_equal(status, 0, "off " .. output)
check_equal(pair:where("mobile").frameA, "Not Activated", "the partition is off")
output, status = fence("key", "status", "mobile")
check(status == 2 and output:find "Status: OFF", "and fence_lpar sees that: " .. output)
output, status = fence("key", "on", "mobile")
check_equal(status, 0, "on " .. output)
check_equal(pair:where("mobile").frameA, "Running", "it runs again")
output, status = fence("key", "reboot", "mobile")
check_equal(status, 0, "reboot " .. output)
check_equal(pair:where("mobile").frameA, "Running", "and again")
output, status = fence("key", "status", "nobody")
check(status ~= 0, "a partition that is not there is no success: " .. output)
ways.wrong = "-p wrong"
output, status = fence("wrong", "status", "mobile")
check(status ~= 0 and output:find "Unable to connect/login", "a wrong password is refused: " .. output)
