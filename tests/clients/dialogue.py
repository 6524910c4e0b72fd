# SPDX-License-Identifier: GPL-2.0-or-later
# A dialogue with a console as a person or an expect script has it: dialogue.py CONFIGURATION NAME. Prints a line for each step that
# went as it should; ends with a message at the first that did not.
import re
import sys

import pexpect

configuration, console = sys.argv[1:3]


def log_in():
    session = pexpect.spawn("ssh", ["-e", "none", "-F", configuration, "-tt", console], encoding="utf-8", timeout=30, dimensions=(24, 100))
    session.expect("hscroot@hmc:~> ")
    return session


def run(session, line, pattern):
    session.sendline(line)
    session.expect_exact(line + "\r\n")  # its echo
    session.expect(pattern)
    answer = session.match.group(0)
    session.expect("hscroot@hmc:~> ")
    return answer


session = log_in()
print("a log-in has a prompt")
run(session, "lssyscfg -r sys -F name; echo Rc=$?", r"frameA\r\nframeB\r\nRc=0\r\n")
print("a command, and its status behind it")
run(session, "stty size", r"24 100\r\n")
session.setwinsize(50, 132)
for attempt in range(50):
    if run(session, "stty size", r"\d+ \d+\r\n") == "50 132\r\n":
        break
else:
    sys.exit("the shell does not hear that the window has changed")
print("the window's size follows")
session.sendintr()
session.expect("hscroot@hmc:~> ")
session.sendline("tail -f /etc/passwd")
session.expect(r"hscroot:[^\r]*\r\n")  # it runs: a shell that is interrupted while it starts a command may lose its terminal
session.sendintr()
session.expect(r"hscroot@hmc:~> ")
print("Ctrl-C ends a command, and not the shell")

session.sendline("mkvterm -m frameA -p mobile")
session.expect_exact("\r\n Open in progress  \r\n \r\n Open Completed. \r\n  ")
session.send("\r")
session.expect_exact("mobile# ")
session.send("echo one\r")
session.expect_exact("echo one\r\necho: not found\r\nmobile# ")  # one echo: the partition's
session.send("\x03")
session.send("echo two\r")
session.expect_exact("echo: not found\r\n")
print("a virtual terminal is raw: one echo, and Ctrl-C is the partition's")
session.send("\r~.")
session.expect("hscroot@hmc:~> ")
run(session, "echo back", r"back\r\n")
print("~. leads back to the shell, which echoes again")

# The connection is lost: the terminal stays taken until rmvterm.
session.sendline("mkvterm -m frameA -p mobile")
session.expect_exact("Open Completed.")
session.kill(9)
session.close()
second = log_in()
run(second, "mkvterm -m frameA -p mobile", r"A terminal session is already open for this partition\.")
run(second, "rmvterm -m frameA -p mobile", "")
second.sendline("mkvterm -m frameA -p mobile")
second.expect_exact("Open Completed.")
third = log_in()
run(third, "rmvterm -m frameA -p mobile", "")
second.expect_exact("This session is no longer connected. Please close this window.")
print("a lost connection leaves it taken; rmvterm closes it, and whoever has it is told")
second.close()
third.sendline("quit")
third.expect(pexpect.EOF)
third.close()
if third.exitstatus != 0:
    sys.exit("`quit` ends with status %s" % third.exitstatus)
print("quit ends the session")
