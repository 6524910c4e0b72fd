-- SPDX-License-Identifier: GPL-2.0-or-later
-- The OCF resource agent extras/ocf/partition: Debian's ocf-tester (resource-agents) finds nothing wrong with it; and the actions by which
-- Pacemaker moves a resource while it runs, and starts it on another node when its own is dead. OCF_ROOT and OCF_TESTER may say where the
-- package's files are.
local client = require "lib.client"
local host, quoted, guest = client.host, client.quoted, client.guest
local root = os.getenv "OCF_ROOT" or "/usr/lib/ocf"
local tester = os.getenv "OCF_TESTER" or "ocf-tester"
if select(2, host("command -v " .. tester)) ~= 0 or select(2, host("test -f " .. root .. "/lib/heartbeat/ocf-shellfuncs")) ~= 0 then
  skip "ocf-tester is not installed (Debian package resource-agents)"
end

local source = (debug.getinfo(1, "S").source:match "^@(.*)tests/clients/") or "./"
local agent = host("realpath " .. source .. "extras/ocf/partition"):gsub("%s+$", "")
local program = io.popen "readlink /proc/$PPID/exe":read "l"
local pair = lab.up { file = lab.variant {
  { 'boot_arguments = "ip=10.0.2.15"', 'boot_arguments = "ip=10.0.2.15"\n  simplified_remote_restart_capable = true' } } }
local console = guest.boot(pair)
guest.wait_for_rmc(pair)

local given = { lab = pair:name(), partition = "mobile", program = program, system = "frameA" }
local words = {}
for name, value in pairs(given) do words[#words + 1] = ("-o %s=%s"):format(name, quoted(value)) end
local output, status = host(("OCF_ROOT=%s %s -n mobile %s %s 2>&1"):format(root, tester, table.concat(words, " "), agent))
check_equal(status, 0, "ocf-tester finds nothing wrong" .. (status == 0 and "" or ": " .. output))
check(output:find("passed all tests", 1, true), "and says so: " .. output)

-- As Pacemaker calls it on a node.
local function call(action, system, more)
  return host(("OCF_ROOT=%s OCF_RESOURCE_INSTANCE=mobile OCF_RESKEY_lab=%s OCF_RESKEY_partition=mobile OCF_RESKEY_program=%s OCF_RESKEY_system=%s %s %s %s 2>&1")
    :format(root, pair:name(), program, system, more or "", agent, action))
end
local function well(action, system, more)
  local said, code = call(action, system, more)
  check_equal(code, 0, action .. " on " .. system .. (code == 0 and "" or ": " .. said))
end
local not_running = 7
well("start", "frameA")
console = pair:console("frameA", "mobile")
console:wait("mobile# ", 60)
guest.wait_for_rmc(pair)
guest.run(console, "ticker")
well("monitor", "frameA")
check_equal(select(2, call("monitor", "frameB")), not_running, "it is not running on the other node")
well("migrate_to", "frameA", "OCF_RESKEY_CRM_meta_migrate_target=frameB")
well("migrate_from", "frameB", "OCF_RESKEY_CRM_meta_migrate_source=frameA")
well("stop", "frameA")
well("monitor", "frameB")
guest.check_owner(pair, "frameB", "Running")
guest.all_well(console, "ticker")

say "- its node is dead"
pair:kill "frameB"
well("start", "frameA")
guest.check_owner(pair, "frameA", "Running")
well("stop", "frameA")
check_equal(select(2, call("monitor", "frameA")), not_running, "it is stopped")
