#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""nomad's migration thread against every course that a VASI stream can take.

QEMU has no H_VASI_STATE; here the gdb stub answers it, from a list of states per case (LoPAR 17.7.7.1.3; docs/papr.md, A migration in Linux). The suspension itself
is QEMU's ibm,suspend-me. One case also tells the disk driver that its partner was suspended (CRQ event 0xFF06).
"""

import os
import re
import sys
import tempfile
import time

from gdb_stub import Elf, Gdb
from nomad_on_qemu import Failure, Machine, check, verdict

H_VASI_SIGNAL, H_VASI_STATE, H_PARAMETER = 0x2A0, 0x2A4, -4
ENABLED, ABORTED, SUSPENDING, RESUMED, COMPLETED = 1, 2, 3, 5, 6


class Stream:
    """Answers H_VASI_STATE with the given states in turn (the last one for ever), and remembers H_VASI_SIGNAL."""

    def __init__(self, machine, elf, gdb):
        self.machine, self.gdb = machine, gdb
        self.sites = elf.system_calls_in("nomad9migration")
        self.next_element = elf.function("nomad3Crq4next")
        self.states, self.signals, self.polls = [ENABLED], [], 0
        self.partner_suspended = False
        for site in self.sites:
            gdb.break_at(site)
        gdb.run()

    def serve(self, seconds=0.02):
        """Handles what stops the guest within the time."""
        deadline = time.monotonic() + seconds
        while self.gdb.wait(max(0, deadline - time.monotonic())):
            where = self.gdb.get(Gdb.PC)
            if where == self.next_element:
                # bool Crq::next(CrqElement&): "there is one", without touching the queue, once.
                self.gdb.write(self.gdb.get(4), bytes([0xFF, 0x06]) + bytes(14))
                self.gdb.set(3, 1)
                self.gdb.set(Gdb.PC, self.gdb.get(Gdb.LR))
                self.gdb.clear(self.next_element)
                self.partner_suspended = True
            elif self.gdb.get(3) == H_VASI_STATE:
                self.polls += 1
                state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
                self.gdb.set(3, H_PARAMETER if state == H_PARAMETER else 0)
                self.gdb.set(4, state)
                self.gdb.set(Gdb.PC, where + 4)
            elif self.gdb.get(3) == H_VASI_SIGNAL:
                self.signals.append((self.gdb.get(4), self.gdb.get(5), self.gdb.get(6)))
                self.gdb.set(3, 0)
                self.gdb.set(Gdb.PC, where + 4)
            else:
                self.gdb.step_over(where)
            self.gdb.run()

    def suspend_partner_event(self):
        self.gdb.link.sendall(b"\x03")  # breakpoints can only be set while the guest stands still
        self.gdb.wait(5)
        self.gdb.break_at(self.next_element)
        self.gdb.run()

    def rmc(self, request, final=True, seconds=15):
        """As Machine.rmc, serving the stream while waiting."""
        import socket
        self.machine.sequence += 1
        head = f"RMC2 {self.machine.sequence} "
        deadline = time.monotonic() + seconds
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.setblocking(False)
            while time.monotonic() < deadline:
                client.sendto(f"{head}test-key {request}\n".encode(), ("127.0.0.1", self.machine.rmc_port))
                until = time.monotonic() + 0.5
                while time.monotonic() < until:
                    self.serve()
                    try:
                        reply = client.recv(2048).decode()
                    except BlockingIOError:
                        continue
                    if reply.startswith(head) and (not final or "BUSY" not in reply):
                        return reply[len(head):-1]
        raise Failure(f"no final answer to {request!r}")

    def wait_until_suspended(self):
        deadline = time.monotonic() + 15
        while True:
            self.serve(0.1)
            try:
                self.machine.qmp("system_wakeup", wait_for_status="suspended", seconds=0.2)
                return
            except Failure:
                if time.monotonic() > deadline:
                    raise


def main():
    images = sys.argv[1]
    elf = Elf(os.path.join(images, "nomad.elf"))
    with tempfile.TemporaryDirectory() as folder:
        disk = os.path.join(folder, "disk")
        with open(disk, "wb") as file:
            file.truncate(16 << 20)
        stub = os.path.join(folder, "gdb")
        machine = Machine(images, disk, folder, append='run="rmcd test-key;aware;bank"',
                          extra=["-chardev", f"socket,id=gdb0,path={stub},server=on,wait=off", "-gdb", "chardev:gdb0"])
        try:
            machine.expect("^aware: ready$")
            machine.expect("^bank: formatted")
            stream = Stream(machine, elf, Gdb(stub))

            stream.states = [H_PARAMETER]
            check(stream.rmc("prepare a1") == "ERR 2 H_VASI_STATE returned -4 for this stream", "a stream that does not exist is refused")

            stream.states = [ENABLED]
            check(stream.rmc("prepare a2") == "OK", "prepare begins to poll")
            check(stream.rmc("status") == "OK state=prepared stream=a2", "state prepared while the stream is Enabled")
            check(stream.rmc("post a2", final=False) == "BUSY", "post is busy meanwhile")
            stream.states = [ABORTED]
            check(stream.rmc("post a2") == "ERR 3 aborted by the platform", "the platform aborts: post says so")
            check(stream.rmc("status") == "OK state=aborted stream=a2" and not stream.signals, "state aborted, nothing signalled")

            stream.states = [ENABLED]
            check(stream.rmc("prepare a3") == "OK" and stream.rmc("undo a3") == "OK", "undo while polling")
            check(stream.signals == [(0xA3, 1, 0x06000000 | 125)], "cancels the stream with H_VASI_SIGNAL")
            check(stream.rmc("status") == "OK state=aborted stream=a3", "state aborted")

            stream.states, stream.signals, stream.polls = [ENABLED] * 5 + [SUSPENDING] + [RESUMED] * 20 + [COMPLETED], [], 0
            check(stream.rmc("prepare a4") == "OK", "prepare of a good stream")
            stream.wait_until_suspended()
            stream.suspend_partner_event()
            check(stream.rmc("post a4") == "OK" and stream.polls == 27, "Enabled, Suspending, suspended, Resumed, Completed: each state polled")
            check(stream.partner_suspended, "the disk driver has seen that its partner was suspended")
            check(stream.rmc("status") == "OK state=completed stream=a4", "state completed")

            stream.states = [SUSPENDING, SUSPENDING, H_PARAMETER]
            check(stream.rmc("prepare a5") == "OK", "prepare of a stream that is in Suspending at once")
            stream.wait_until_suspended()
            check(stream.rmc("post a5") == "OK", "a stream that is gone after the resume is a completed one")

            table = ""
            machine.process.stdin.write(b"errpt\r")
            machine.process.stdin.flush()
            until = time.monotonic() + 10
            while time.monotonic() < until and "ERRLOG" not in table and "LOGGING" not in table:
                stream.serve(0.1)
                machine.read(0)
                table = machine.text[machine.text.rfind("IDENTIFIER  "):]
            events = re.findall(r"^([0-9A-F]{8})   \d{10} I S pmig           Client Partition Migration (\w+)$", table, re.MULTILINE)
            check([text for _, text in events] == ["Completed", "Started", "Completed", "Started", "Aborted", "Started", "Aborted", "Started"],
                  "errpt tells all of it, newest first")
            machine.process.stdin.write(b"judge bank\r")
            machine.process.stdin.flush()
            until = time.monotonic() + 10
            while time.monotonic() < until and not re.search(r"bank: transactions=.*verdict=\w+\n", machine.text):
                stream.serve(0.1)
                machine.read(0)
            check(re.search(r"bank: transactions=[1-9]\d* lost=0 errors=0 .*verdict=OK\n", machine.text), "the bank did not notice")
        except Failure:
            print(machine.text, file=sys.stderr)
            raise
        finally:
            machine.kill()
    print("nomad's VASI courses: all good")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        print("FAILED:", failure, file=sys.stderr)
        sys.exit(1)
