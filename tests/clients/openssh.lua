-- SPDX-License-Identifier: GPL-2.0-or-later
-- OpenSSH's client on the console: commands, a terminal, several channels on one connection, files both ways, statuses and signals.
local client = require "lib.client"
local host = client.host

local pair, ssh = client.start()

-- Commands.
check_equal(ssh.well "lssyscfg -r sys -F name", "frameA\nframeB\n", "a command's output comes back")
check_equal(ssh.well "lssyscfg -r lpar -m frameA -F name,lpar_env | grep vioserver | cut -d, -f1", "viosA\n", "through filters, too")
check_equal(ssh.well 'for s in $(lssyscfg -r sys -F name); do echo "<$s>"; done | sort', "<frameA>\n<frameB>\n", "a loop over what is listed")
check_equal(ssh.well "lssyscfg -r sys -F name | sort | while read s; do lssyscfg -r lpar -m $s -F name | head -1; done", "viosA\nviosB\n",
  "a command in a loop leaves the loop its input")
check_equal(ssh.well "lssyscfg -r lpar -m `lssyscfg -r sys -F name|sort|head -1` --filter \"lpar_names=mobile\" -F state", "Running\n", "backticks and quotes")
check(ssh.well("lssyscfg -r nosuch || echo Rc=$?"):find "retry the command%.\nRc=1\n$", "errors go to standard output, and the status is there")
check_equal(ssh.well "while read s; do echo \"<$s>\"; done < <(lssyscfg -r sys -F name | sort)", "<frameA>\n<frameB>\n", "process substitution")
check(ssh.well("(echo x >file; echo y 2>/dev/null; ls | wc -l) 2>&1"):find "restricted: cannot redirect output.*0\n$", "the shell is a restricted one, as a real console's")
local output, status = ssh.run "lssyscfg -m nowhere -r lpar"
check(status == 1 and output:find "^HSCL8018 ", "a refusal has its code and its status: " .. output)
output, status = ssh.run "nosuchcommand -x"
check(status == 127 and output == "bash: nosuchcommand: command not found\n", "what is not there is not found: " .. output)
check_equal(select(2, ssh.run "exit 42"), 42, "an exit status passes through")
check_equal(ssh.well "echo \"$0 $USER $HOME\"; uname -n; pwd", "bash hscroot /home/hscroot\nhmc\n/home/hscroot\n", "who and where one is")
check(ssh.well("help lssyscfg"):find "lssyscfg", "`help` is the console's")
check(ssh.well("man lssyscfg"):find "lssyscfg", "and so is `man`")

-- A shell that reads its commands, and one with a terminal.
check_equal(host(("printf 'echo one\\nlshmc -n -F hostname\\n' | ssh -F %s -T %s"):format(ssh.file, ssh.name)), "one\nhmc\n", "a shell without a terminal reads its commands")
local typed = host(("printf 'echo a\"\"b\\nquit\\n' | ssh -F %s -tt %s"):format(ssh.file, ssh.name))
check(typed:find("hscroot@hmc:~> ", 1, true), "a terminal has the prompt: " .. typed)
check(typed:find("echo a\"\"b\r\nab\r\n", 1, true), "it echoes, and ends lines as a terminal does")
check(not typed:find("\27[?2004", 1, true), "no bracketed paste")
output = host(("ssh -F %s -tt %s 'stty size; tty -s; test -t 0 && echo terminal' </dev/null"):format(ssh.file, ssh.name))
check(output:find "terminal", "a command can have a terminal: " .. output)

-- Several channels on one connection.
local socket = pair:state_folder() .. "/master"
local master = ("-o ControlPath=%s"):format(socket)
host(("ssh -F %s %s -o ControlMaster=yes -fN %s"):format(ssh.file, master, ssh.name))
ssh.options = master
for i = 1, 3 do check_equal(ssh.well("echo " .. i), i .. "\n", "channel " .. i .. " of one connection") end
output = host(("for i in 1 2 3 4 5 6; do ssh -F %s %s %s 'lssyscfg -r sys -F name' & done; wait"):format(ssh.file, master, ssh.name))
check_equal(select(2, output:gsub("frameA\n", "")), 6, "six at the same time")
-- Nothing is forwarded.
output, status = host(("ssh -F %s %s -O forward -R 127.0.0.1:0:127.0.0.1:22 %s"):format(ssh.file, master, ssh.name))
check(status ~= 0, "no port of the console's is forwarded: " .. output)
host(("ssh -F %s %s -O exit %s"):format(ssh.file, master, ssh.name))
ssh.options = nil
output, status = host(("ssh -F %s -W 127.0.0.1:22 %s </dev/null"):format(ssh.file, ssh.name))
check(status ~= 0, "and none is reached through it: " .. output)

-- Files, both ways of asking.
local folder = pair:state_folder()
for _, way in ipairs { "scp -O", "scp" } do
  local sent, back = folder .. "/sent", folder .. "/back"
  local file = assert(io.open(sent, "wb"))
  file:write(("0123456789\n"):rep(100000))
  file:close()
  output, status = host(("%s -q -F %s %s %s:big.txt"):format(way, ssh.file, sent, ssh.name))
  check_equal(status, 0, way .. " takes a file there" .. output)
  check_equal(ssh.well "wc -c < big.txt", "1100000\n", "all of it")
  output, status = host(("%s -q -F %s %s:big.txt %s && cmp %s %s"):format(way, ssh.file, ssh.name, back, sent, back))
  check_equal(status, 0, way .. " brings it back" .. output)
  ssh.well "rm big.txt"
end
host(("truncate -s 65M %s/huge"):format(folder))
output, status = host(("scp -O -q -F %s %s/huge %s:huge 2>&1"):format(ssh.file, folder, ssh.name))
check(status ~= 0 and output:find "File too large", "a file that is too large for a home is refused with the reason: " .. output)
output, status = host(("scp -q -F %s %s/huge %s:huge 2>&1"):format(ssh.file, folder, ssh.name))
check(status ~= 0 and output:find "write", "also by sftp: " .. output)
ssh.well "rm huge"
output, status = host(("printf 'pwd\\nls\\n' | sftp -q -F %s -b - %s"):format(ssh.file, ssh.name))
check(status == 0 and output:find("/home/hscroot", 1, true), "sftp begins in the user's home: " .. output)
-- For `-f` of a command.
local file = assert(io.open(folder .. "/data", "w"))
file:write("name=mobile,new_name=renamed\n")
file:close()
host(("scp -q -F %s %s/data %s:data"):format(ssh.file, folder, ssh.name))
ssh.well "chsyscfg -r lpar -m frameA -f data"
ssh.well "chsyscfg -r lpar -m frameA -i 'name=renamed,new_name=mobile'"
output, status = ssh.run "chsyscfg -r lpar -m frameA -f /etc/shadow"
check(status == 1 and output:find "HSCLF023", "a file of the host is none of the user's: " .. output)

-- Big output, and a client that reads no more.
check_equal(ssh.well "seq 300000 | tail -1", "300000\n", "much passes through filters")
check_equal((host(("ssh -F %s %s 'seq 1000000' | tail -1"):format(ssh.file, ssh.name))), "1000000\n", "and through the connection")
check_equal((host(("ssh -F %s %s 'seq 100000000' | head -1"):format(ssh.file, ssh.name))), "1\n", "a client may stop reading")

-- Keys that are exchanged anew in the middle lose nothing.
local anew = "-o RekeyLimit=500K"
check_equal((host(("ssh -F %s %s %s 'seq 1000000' | md5sum"):format(ssh.file, anew, ssh.name))), (host "seq 1000000 | md5sum"), "not on the way here")
host(("seq 700000 >%s/sent"):format(folder))
output, status = host(("scp -q -F %s %s %s/sent %s:big && scp -q -F %s %s %s:big %s/back && cmp %s/sent %s/back"):format(ssh.file, anew, folder, ssh.name, ssh.file, anew, ssh.name, folder, folder, folder))
check_equal(status, 0, "nor on the way there and back" .. output)

-- Password, and question and answer; who has neither does not get in.
local password = assert(io.open(ssh.password_file)):read("l")
local script = folder .. "/askpass"
file = assert(io.open(script, "w"))
file:write("#!/bin/sh\necho " .. password .. "\n")
file:close()
host("chmod 700 " .. script)
local without_key = ("-F %s -o IdentityFile=none -o PubkeyAuthentication=no "):format(ssh.file)
local ask = ("SSH_ASKPASS=%s SSH_ASKPASS_REQUIRE=force setsid -w ssh %s"):format(script, without_key)
for _, method in ipairs { "password", "keyboard-interactive" } do
  check_equal((host(("%s -o PreferredAuthentications=%s %s 'echo in'"):format(ask, method, ssh.name))), "in\n", "in by " .. method)
end
file = assert(io.open(script, "w"))
file:write("#!/bin/sh\necho wrong\n")
file:close()
output, status = host(("%s -o NumberOfPasswordPrompts=1 %s 'echo in'"):format(ask, ssh.name))
check(status == 255 and output:find "Permission denied", "a wrong password does not open: " .. output)
check(ssh.well("lssvcevents -t console -d 0"):find "hscroot", "log-ins are in the console's events")
check(pair:is_alive "ssh", "and the server has lived through it")
