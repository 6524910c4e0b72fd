#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots nomad on QEMU's pseries machine, talks to its shell over the serial line and to its daemons over UDP.

QEMU has no VASI and moves nothing, but it has H_JOIN, H_PROD and ibm,suspend-me (as a machine suspend, woken over QMP): with them the
guest's whole migration path runs, as if the stream were always in Suspending.
"""

import json
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import time

PROMPT = r"nomad# "


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Failure(Exception):
    pass


class Machine:
    def __init__(self, images, disk, folder, processors=2, cpu="power8", memory=512, append="", extra=()):
        self.rmc_port, self.echo_port = free_udp_port(), free_udp_port()
        self.qmp_path = os.path.join(folder, "qmp")
        self.text, self.sequence, self.mark = "", 1, 0
        if os.path.exists(self.qmp_path):
            os.unlink(self.qmp_path)
        # QEMU takes -append only together with -kernel; the image is loaded a second time above the first, and not used.
        self.process = subprocess.Popen(
            ["qemu-system-ppc64", "-nodefaults", "-display", "none",
             "-M", "pseries,ic-mode=xics,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off",
             "-cpu", cpu, "-smp", str(processors), "-m", str(memory),
             "-bios", os.path.join(images, "nomad.bin"), "-kernel", os.path.join(images, "nomad.elf"), "-append", append,
             "-chardev", "stdio,id=console,signal=off", "-device", "spapr-vty,chardev=console",
             "-qmp", f"unix:{self.qmp_path},server=on,wait=off",
             "-device", "spapr-vscsi,id=scsi0", "-drive", f"if=none,id=disk0,format=raw,file={disk}",
             "-device", "scsi-hd,drive=disk0,bus=scsi0.0",
             "-netdev", f"user,id=net0,hostfwd=udp:127.0.0.1:{self.rmc_port}-:657,"
                        f"hostfwd=udp:127.0.0.1:{self.echo_port}-:7",
             "-device", "spapr-vlan,netdev=net0", *extra],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        os.set_blocking(self.process.stdout.fileno(), False)

    def read(self, seconds):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            return True
        data = self.process.stdout.read()
        if not data:
            return False
        self.text += data.decode("latin-1").replace("\r", "")
        return True

    def expect(self, pattern, seconds=20):
        """The first match after everything that was expected before. A final $ waits for the line to be complete."""
        if pattern.endswith("$"):
            pattern = pattern[:-1] + r"\n"
        deadline = time.monotonic() + seconds
        while True:
            match = re.compile(pattern, re.MULTILINE).search(self.text, self.mark)
            if match:
                self.mark = match.end()
                return match
            if time.monotonic() > deadline or not self.read(0.2):
                raise Failure(f"expected {pattern!r}; the console says:\n{self.text[self.mark:]}")

    def command(self, line, pattern=None, seconds=20):
        self.process.stdin.write(line.encode() + b"\r")
        self.process.stdin.flush()
        self.expect(re.escape(line) + "\n")
        return self.expect(pattern, seconds) if pattern else None

    def datagram(self, port, data, seconds=2, tries=5):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(seconds)
            for _ in range(tries):
                client.sendto(data, ("127.0.0.1", port))
                try:
                    return client.recv(2048)
                except TimeoutError:
                    continue
        raise Failure(f"no answer to {data[:40]!r}")

    def rmc(self, request, seconds=20):
        """One request; repeated with the same number while the answer is BUSY."""
        self.sequence += 1
        deadline = time.monotonic() + seconds
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(1)
            while time.monotonic() < deadline:
                client.sendto(f"RMC2 {self.sequence} test-key {request}\n".encode(), ("127.0.0.1", self.rmc_port))
                try:
                    reply = client.recv(2048).decode()
                except TimeoutError:
                    continue
                head = f"RMC2 {self.sequence} "
                if reply.startswith(head) and reply.endswith("\n") and reply[len(head):-1] != "BUSY":
                    return reply[len(head):-1]
                time.sleep(0.05)
        raise Failure(f"no final answer to {request!r}")

    def qmp(self, *commands, wait_for_status=None, seconds=10):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            link.connect(self.qmp_path)
            stream = link.makefile("rw")
            stream.readline()

            def ask(name):
                stream.write(json.dumps({"execute": name}) + "\n")
                stream.flush()
                while True:
                    answer = json.loads(stream.readline())
                    if "return" in answer or "error" in answer:
                        return answer

            ask("qmp_capabilities")
            deadline = time.monotonic() + seconds
            while wait_for_status and ask("query-status").get("return", {}).get("status") != wait_for_status:
                if time.monotonic() > deadline:
                    raise Failure(f"the machine does not become {wait_for_status}")
                time.sleep(0.05)
            return [ask(name) for name in commands]

    def wait_for_end(self, seconds=20):
        deadline = time.monotonic() + seconds
        while self.process.poll() is None:
            if time.monotonic() > deadline:
                raise Failure("the machine did not power off")
            self.read(0.1)
        self.read(0)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def check(condition, sentence):
    if not condition:
        raise Failure(sentence)
    print("ok:", sentence, flush=True)


def verdict(machine, program):
    line = machine.command(f"judge {program}", rf"^{program}: .*verdict=\w+$").group(0).strip()
    print("   ", line, flush=True)
    return line


def programs_and_daemons(images, disk, folder):
    machine = Machine(images, disk, folder, append='run="rmcd test-key;netd;bank;ticker;registers;churn set=16 rate=4000 check"')
    try:
        machine.expect("^nomad: 2 processors, 512 MiB")
        machine.expect("^ticker: counter at real 0x[0-9a-f]+$")
        machine.expect("^bank: formatted accounts=256$")
        check(True, "boots with two processors, disk and network")
        machine.command("nonsense", "^nonsense: not found$")
        machine.command("prtconf", "^IP Address: 10.0.2.15$")
        machine.command("lsdev", "^hdisk0 +Available .*Virtual SCSI Disk Drive.*$\n^ent0 +Available ")
        check(True, "the shell answers")
        reply = machine.datagram(machine.echo_port, b"x" * 1200)
        check(reply == b"x" * 1200, "UDP echo on port 7")
        check(re.fullmatch(r"OK nomad 1\.0 nomad up=\d+", machine.rmc("hello")), "RMC hello")
        check(re.fullmatch(r"OK \d+\.\d{9}", machine.rmc("date")), "RMC date")
        check(machine.rmc("dance").startswith("ERR 2 "), "RMC refuses an unknown verb")
        check(machine.rmc("check 1234") == "OK", "RMC check is accepted")
        machine.command("run aware refuse=check &", "^aware: ready$")
        pid = machine.command("ps", r"^ +(\d+) .* aware refuse=check$").group(1)
        check(machine.rmc("check 1234") == f"ERR 1 process {pid} (aware) refused check",
              "a program with authority refuses the check by SIGRECONFIG")
        machine.command(f"kill {pid}", "^aware: events=2 refused=1 verdict=OK$")
        machine.command("run -u aware refuse=check &", "^aware: ready$")
        check(machine.rmc("check 1234") == "OK", "a program without authority does not refuse")
        machine.expect("^aware: event=check answer=fail, not permitted$")
        machine.command("refuse pre", "^refuse: pre$")
        check(machine.rmc("check 1234") == "OK", "a script that refuses prepare accepts the check")
        check(machine.rmc("prepare 1234") == "ERR 1 script refuse refused premigrate (1): refused on request", "and refuses prepare")
        machine.command("refuse off", "^refuse: off$")
        machine.command("drmgr -c cpu -r -q 2", r"^drmgr: the last processor stays\nDR_TOTAL_RESOURCES=1$")
        machine.command("lsdev -Cc processor", r"^proc0 .*\n(?!proc1)")
        check(machine.rmc("drmgr -c cpu -a -q 1 -w 1 -d 1") == r"OK 0 DR_TOTAL_RESOURCES=1\n", "a processor goes, and comes back by RMC")
        machine.command("lsdev -Cc processor", "^proc0 .*\n^proc1 +Available ")
        machine.command("rmdev -l hdisk0", r"^rmdev: hdisk0: 0514-062 .* device is busy \(bank\)\.$")
        machine.command("rmdev -l ent0", r"^rmdev: ent0: 0514-062 .* device is busy \((rmcd|netd)\)\.$")
        machine.command("lsdev -Cc if", "^en0 +Available  10.0.2.15 ")
        check(True, "devices that programs use stay")
        check(machine.rmc("status") == "OK state=idle stream=1234", "RMC status after the refusal")
        check(machine.rmc("undo 1234") == "OK", "RMC undo")
        for program in ("ticker", "bank", "netd", "churn", "registers"):
            check("verdict=OK" in verdict(machine, program), f"{program} is content")
        machine.command("run spin kind=syscall seconds=1", r"^spin: kind=syscall instructions=\d+ microseconds=\d+ mips=\d+\.\d\d$")
        machine.command("run barrier", "^barrier: absent$")
        machine.command("reboot", "^nomad: restart$")
        machine.expect(r"^bank: recovered sequence=\d+ lost=0 errors=0 verdict=OK$", 40)
        check(True, "after a restart the bank's books are complete")
        table = machine.command("errpt", r"^IDENTIFIER  TIMESTAMP  T C RESOURCE_NAME  DESCRIPTION\n(.*\n)(.*\n)").group(0).splitlines()
        check(re.fullmatch(r"9DBCFDEE   \d{10} T O errdemon       ERROR LOGGING TURNED ON", table[1]) and
              re.fullmatch(r"2BFA76F6   \d{10} T S SYSPROC        SYSTEM SHUTDOWN BY USER", table[2]),
              "errpt shows what happened before the restart, from NVRAM")
    finally:
        machine.kill()


def sudden_death(images, disk, folder):
    machine = Machine(images, disk, folder, processors=1, cpu="power9", append='run="bank rate=0;ticker -q"')
    try:
        machine.expect(r"^bank: recovered sequence=(\d+) lost=0 errors=0 verdict=OK$")
        check(True, "recovers after the machine was killed in the middle of a transaction (one POWER9 processor)")
        check("verdict=OK" in verdict(machine, "bank"), "and goes on")
        check(int(re.search(r"transactions=(\d+)", verdict(machine, "bank")).group(1)) > 0, "with new transactions")
        machine.command("shutdown", "^nomad: power off$")
        machine.wait_for_end()
        check(machine.process.returncode == 0, "power off ends the machine")
    finally:
        machine.kill()


def corruption(images, disk, folder):
    with open(disk, "r+b") as file:
        file.seek((1 + 64 + 3) * 512 + 24)  # a balance in the fourth account block
        file.write(b"\xff")
    machine = Machine(images, disk, folder, append="run=bank")
    try:
        machine.expect(r"^bank: recovered sequence=\d+ lost=[1-9]\d* errors=0 verdict=BAD$")
        check(True, "the bank finds one changed byte on its disk")
        machine.command("kill 99999", "^kill: 99999: no such process$")
        machine.process.stdin.write(b"y" * 6000)  # more than the line and the input buffer hold: the rest is lost
        machine.process.stdin.flush()
        machine.expect("\a")
        time.sleep(1)
        machine.process.stdin.write(b"\r")
        machine.process.stdin.flush()
        machine.expect("^y+: not found$")
        machine.command("uname", "^nomad$")
        check(True, "the shell survives an endless line")
    finally:
        machine.kill()


def suspension(images, disk, folder, processors):
    machine = Machine(images, disk, folder, processors=processors, append='run="rmcd test-key;netd;bank;ticker;registers;aware"')
    try:
        machine.expect("^bank: recovered ")
        check(machine.rmc("check 77") == "OK", f"{processors} processors: check")
        for stream in ("77", "78"):
            check(machine.rmc(f"prepare {stream}") == "OK", f"{processors} processors: prepare {stream}")
            machine.qmp("system_wakeup", wait_for_status="suspended")
            check(machine.rmc(f"post {stream}") == "OK", "suspended by ibm,suspend-me, resumed, post")
            check(machine.rmc("status") == f"OK state=completed stream={stream}", "completed")
            machine.expect("^aware: event=pre answer=done$")
            machine.expect("^aware: event=post answer=done$")
        machine.command("errpt", r"^A5E6DB96   \d{10} I S pmig           Client Partition Migration Completed\n"
                                 r"08917DC6   \d{10} I S pmig           Client Partition Migration Started\n")
        for program in ("ticker", "bank", "registers"):
            check("verdict=OK" in verdict(machine, program), f"{program} did not notice")
        check(machine.rmc("shutdown") == "OK", "RMC shutdown")
        machine.wait_for_end()
    finally:
        machine.kill()


def main():
    images = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        disk = os.path.join(folder, "disk")
        with open(disk, "wb") as file:
            file.truncate(16 << 20)
        programs_and_daemons(images, disk, folder)
        sudden_death(images, disk, folder)
        for processors in (1, 2, 8):
            suspension(images, disk, folder, processors)
        corruption(images, disk, folder)
    print("nomad on QEMU: all good")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        print("FAILED:", failure, file=sys.stderr)
        sys.exit(1)
