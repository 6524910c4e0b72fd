-- SPDX-License-Identifier: GPL-2.0-or-later
-- A dialogue at the console's prompt, with a virtual terminal in it, by Python's pexpect (dialogue.py).
local client = require "lib.client"
local python = "/usr/bin/python3"
if select(2, client.host(python .. " -c 'import pexpect'")) ~= 0 then skip "pexpect is not installed (Debian package python3-pexpect)" end

local pair, ssh = client.start()
pair:console("frameA", "mobile"):wait("mobile# ", 60)
local script = debug.getinfo(1, "S").source:match("^@(.*/)") .. "dialogue.py"
local output, status = client.host(("%s %s %s %s"):format(python, script, ssh.file, ssh.name))
check_equal(status, 0, "the dialogue goes as it should:\n" .. output)
