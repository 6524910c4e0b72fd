-- SPDX-License-Identifier: GPL-2.0-or-later
-- A shell that stays inside: what a user of the console may try, from reading the host's files to being somebody else. Each attempt must
-- fail, or reach nothing but the user's own world; and the console goes on working.
local client = require "lib.client"
local host = client.host

local pair, ssh = client.start()
local folder = pair:state_folder()
-- Files of the host that hold what must not be seen: the lab's own secrets, and one that is ours.
local secret = folder .. "/secret.txt"
local file = assert(io.open(secret, "w"))
file:write "the host's secret\n"
file:close()
local password = assert(io.open(ssh.password_file)):read("l")
-- A program of the user's own, without libraries.
host(("printf '#include <unistd.h>\nint main(void) { write(2, \"ESCAPED\", 7); return 99; }' | gcc -x c -static -O1 - -o %s/own"):format(folder))
for _, name in ipairs { "own" } do host(("scp -q -F %s %s/%s %s:%s"):format(ssh.file, folder, name, ssh.name, name)) end
host(("printf '#!/bin/bash\\necho ran\\n' > %s/own.sh; chmod 755 %s/own.sh; scp -q -p -F %s %s/own.sh %s:own.sh"):format(folder, folder, ssh.file, folder, ssh.name))
ssh.well "chmod 755 own own.sh"
-- A user who may only look.
ssh.well "mkhmcusr -u viewer -a hmcviewer --passwd abc12345"

-- What must not be in any answer, and what each attempt is. `ok`: it may succeed, but must not show anything.
local forbidden = { "the host's secret", password, "root:.-:0:0:", "BEGIN OPENSSH PRIVATE KEY", "uid=0", "ESCAPED" }
local attempts = {
  "cat " .. secret,
  "cat /etc/shadow",
  "cat /etc/passwd | grep root",
  "grep -r secret " .. folder,
  "head -c 100 " .. ssh.password_file,
  "cat " .. ssh.key_file,
  "ls /root /work /var /usr/bin /proc /sys /run /dev/shm",
  "cat < " .. secret,
  "while read l; do echo $l; done < /etc/shadow",
  "mapfile a < " .. secret .. "; echo ${a[0]}",
  "source " .. secret,
  ". /etc/profile; cat /etc/hostname /etc/os-release",
  "sed -n p " .. secret,
  "awk '{ print }' " .. secret,
  "awk 'BEGIN { while ((getline l < \"/etc/shadow\") > 0) print l }'",
  "awk 'BEGIN { system(\"cat /etc/shadow; id\") }'",
  "awk 'BEGIN { \"id\" | getline l; print l }'",
  "sed '1e id' /etc/passwd",
  "sort --files0-from=" .. secret,
  "date -f " .. secret,
  "wc --files0-from=" .. secret,
  "cd / && cat *",
  "cd ../..; ls -la",
  "echo ../../../*; echo /*; echo /root/*",
  "./own; echo $?",
  "/home/hscroot/own; echo $?",
  "PATH=/home/hscroot:$PATH own; echo $?",
  "bash own.sh; sh own.sh; ./own.sh",
  "exec ./own",
  "cp own /tmp/own; /tmp/own; echo $?",
  "scp -S /home/hscroot/own a b:c; echo $?; cp own /tmp/own; scp -S /tmp/own a b:c; echo $?",
  "cp own /home/own; scp -S /home/own a b:c; echo $?; ls /home",
  "for d in / /dev /etc /home /lib /proc /var /run; do cp own $d/own; scp -S $d/own a b:c; echo $?; done",
  "cp own /bin/own2; cp own /lib/hmc/bash; ls -la /bin/own2",
  "/lib64/ld-linux-x86-64.so.2 /home/hscroot/own; echo $?",
  "sort --compress-program=/home/hscroot/own -S1k /bin/ls | head -1; echo $?",
  "ln -s " .. secret .. " link; cat link",
  "cp " .. secret .. " mine; cat mine",
  "echo x > /etc/passwd; echo x > /bin/x; mkdir /x; rm -r /bin; ls /bin | wc -l",
  "su - root; sudo id; ssh localhost id; nc 127.0.0.1 22; curl file:///etc/shadow; python3 -c 1; perl -e 1",
  "exec 5<>/dev/tcp/127.0.0.1/22; head -1 <&5",
  "cat /dev/sda /dev/vda /dev/mem /dev/kmsg | head -c 10",
  "unshare -r; mount -t proc proc /proc; cat /proc/1/environ",
  "kill -9 1; kill -9 -1; echo still",
  "USER=root LOGNAME=root HOME=/root lshmcusr -F name | head -3; id -u",
  "export BASH_ENV=" .. secret .. "; bash -c 'echo x'",
  "command -p cat " .. secret,
  "enable -f " .. folder .. "/own own",
  "tail -f --pid=1 " .. secret .. " | head -1",
  "ls -l /proc/self/fd /dev/fd/198",
  "seq 5 >&198; seq 5 <&198",
  "true 198>&-; exec 198>&-; lssyscfg -r sys -F name",
  "chsyscfg -r lpar -m frameA -f " .. secret,
  "scp " .. secret .. " copy; cat copy",
  "cp -r /home/. . ; ls /home",
  "ulimit -u unlimited; for i in 1 2 3; do echo $i; done",
  "trap '' KILL; printf '\\033]0;title\\007'",
}
check(#attempts >= 40, #attempts .. " attempts")
for _, line in ipairs(attempts) do
  local output = ssh.run("(" .. line .. ") 2>&1 | head -c 20000")
  for _, pattern in ipairs(forbidden) do
    check(not output:find(pattern, 1, pattern:sub(1, 5) ~= "root:"), line .. " shows nothing of the host: " .. output:sub(1, 200))
  end
  check(not output:find("\n99\n") and not output:find("^99\n"), line .. " executes nothing of its own: " .. output:sub(1, 200))
end
-- That it would be seen if it were executed.
check_equal(host(folder .. "/own"), "ESCAPED", "the program says that it runs where it may")
-- Of all that, the host has nothing.
local output = host(("ls -la %s; ls %s/.. | head"):format(folder, folder))
check(not output:find "pwned", "nothing was written outside")
-- Who somebody is, is known from the log-in alone.
file = assert(io.open(folder .. "/askpass", "w"))
file:write "#!/bin/sh\necho abc12345\n"
file:close()
host("chmod 700 " .. folder .. "/askpass")
local function as_viewer(line)
  return host(("SSH_ASKPASS=%s/askpass SSH_ASKPASS_REQUIRE=force setsid -w ssh -F %s -o PubkeyAuthentication=no -o User=viewer %s %s"):format(folder, ssh.file, ssh.name, client.quoted(line)))
end
check_equal((as_viewer "lssyscfg -r sys -F name | sort | head -1"), "frameA\n", "a viewer looks")
for _, line in ipairs { "chsysstate -r lpar -m frameA -o shutdown -n mobile --immed", "USER=hscroot LOGNAME=hscroot chsysstate -r lpar -m frameA -o shutdown -n mobile --immed",
  "TWINFRAME_USER=hscroot migrlpar -o m -m frameA -t frameB -p mobile", "mkhmcusr -u other -a hmcsuperadmin --passwd abc12345", "chhmcusr -u viewer -t taskrole -v hmcsuperadmin" } do
  output = as_viewer(line)
  check(output:find "HSCL350B", line .. ": " .. output)
end
check(not as_viewer("ls /home; ls /home/hscroot"):find "own", "and sees no other user's files")
check_equal(pair:where("mobile").frameA, "Running", "the partition runs as before")

-- Many processes, and much memory: the shell's matter alone, and gone with it.
check(ssh.run("for i in $(seq 150); do tail -f /dev/null & done; echo many"):find "many", "many processes begin")
wait_until("and all have ended with their shell", function() return select(2, host "pgrep -f '^tail -f /dev/null$' >/dev/null") ~= 0 end)
check(not ssh.run("tail /dev/zero; echo ended"):find "ESCAPED", "a program has so much memory, and no more")
check_equal(ssh.well "echo well", "well\n", "others work")
check(pair:is_alive "ssh" and pair:is_alive "hmc", "the console lives")
