-- SPDX-License-Identifier: GPL-2.0-or-later
-- The op-test suite's class for consoles, unchanged: power, profiles, and a migration to the other console's server. It is not in Debian:
-- TWINFRAME_OP_TEST names a folder with it (docs/hmc.md).
local client = require "lib.client"
local host = client.host
local suite = os.getenv "TWINFRAME_OP_TEST"
if not suite then skip "TWINFRAME_OP_TEST does not name the folder of the suite op-test" end
local needs = "/usr/bin/python3 -c 'import paramiko, pexpect, requests, yaml'"
if select(2, host(needs)) ~= 0 then skip "python3-paramiko, python3-pexpect, python3-requests or python3-yaml is not installed" end

local pair, here, there = client.two_consoles()
local function secret(of) return assert(io.open(of.password_file)):read("l") end
local script = debug.getinfo(1, "S").source:match("^@(.*/)") .. "optest.py"
local output, status = host(("HOME=%s /usr/bin/python3 %s %s %s %s %s %s"):format(
  pair:state_folder(), script, client.quoted(suite), here.address, secret(here), there.address, secret(there)))
say(output)
check_equal(status, 0, "the suite's class does all of this")
client.guest.check_owner(pair, "frameB", "Running")
