#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The same guest, moved by QEMU from one process to another over a unix socket: what ours is measured beside.

    tests/bench/qemu_migration.py --image build/release/images/nomad/nomad.bin --memory 256 [--churn "rate=10000 set=64"]

Prints one JSON object: total_ms and downtime_ms as QEMU reports them, bytes sent, and the suspend window as seen from outside:
the guest's memory is a shared file on both sides, in which a counter that the guest's `ticker` keeps incrementing is
sampled, as in our own measurement. Skips with exit status 77 where QEMU is not installed.
"""

import argparse
import json
import mmap
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

QEMU = "qemu-system-ppc64"


class Machine:
    """One QEMU process: its monitor, its console, its memory file."""

    def __init__(self, folder, name, options, arguments):
        self.monitor_path = os.path.join(folder, name + ".qmp")
        self.memory_path = os.path.join(folder, name + ".ram")
        self.text = ""
        self.process = subprocess.Popen(
            [QEMU, "-machine", "pseries,ic-mode=xics,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off,memory-backend=ram",
             "-object", f"memory-backend-file,id=ram,size={options.memory}M,mem-path={self.memory_path},share=on",
             "-cpu", "power8", "-m", str(options.memory), "-smp", "1", "-nodefaults", "-nographic", "-serial", "stdio",
             # QEMU hands arguments only to a kernel: it loads this one, and the firmware, which is the guest, never runs it.
             "-bios", options.image, "-kernel", options.image.replace(".bin", ".elf"), "-append", options.arguments,
             "-qmp", f"unix:{self.monitor_path},server=on,wait=off"] + arguments,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._listen, daemon=True).start()
        self.monitor = self._connect()

    def _listen(self):
        while data := os.read(self.process.stdout.fileno(), 4096):
            self.text += data.decode("latin-1")

    def _connect(self):
        for _ in range(200):
            try:
                channel = socket.socket(socket.AF_UNIX)
                channel.connect(self.monitor_path)
                self.lines = channel.makefile("r")
                self.lines.readline()
                self.socket = channel
                self._send({"execute": "qmp_capabilities"})
                self._answer()
                return channel
            except OSError:
                time.sleep(0.05)
        raise SystemExit("QEMU does not answer: " + self.text)

    def _send(self, message):
        self.socket.sendall((json.dumps(message) + "\n").encode())

    def _answer(self):
        while True:
            line = self.lines.readline()
            if not line:
                raise SystemExit("QEMU ended: " + self.text)
            message = json.loads(line)
            if "return" in message or "error" in message:
                return message.get("return", message)

    def ask(self, command, **arguments):
        self._send({"execute": command, "arguments": arguments})
        return self._answer()

    def type(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def wait_for(self, pattern, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := re.search(pattern, self.text):
                return found
            time.sleep(0.02)
        raise SystemExit(f"the guest did not say {pattern!r}; it said:\n{self.text}")

    def end(self):
        self.process.kill()
        self.process.wait()


class Sampler:
    """When did the counter last change on the source, and first on the destination?"""

    def __init__(self, source, target, address):
        self.stop = False
        self.source, self.target, self.address = source, target, address
        self.last_on_source = 0.0
        self.source_value = 0
        self.first_on_target = 0.0
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        def counter(path):
            with open(path, "r+b") as file:
                return mmap.mmap(file.fileno(), mmap.PAGESIZE, offset=self.address & ~(mmap.PAGESIZE - 1))

        maps = [counter(self.source.memory_path), counter(self.target.memory_path)]
        offset = self.address % mmap.PAGESIZE
        while not self.stop:
            value = struct.unpack_from(">Q", maps[0], offset)[0]
            now = time.monotonic()
            if value != self.source_value:
                self.source_value, self.last_on_source = value, now
            elif not self.first_on_target and struct.unpack_from(">Q", maps[1], offset)[0] > self.source_value:
                self.first_on_target = now
            time.sleep(0.0001)

    def end(self):
        self.stop = True
        self.thread.join()
        return (self.first_on_target - self.last_on_source) * 1000 if self.first_on_target else None


def main():
    parser = argparse.ArgumentParser(description="Moves the toy guest from one QEMU to another.")
    parser.add_argument("--image", required=True, help="nomad.bin")
    parser.add_argument("--memory", type=int, default=256, help="of the guest, MiB")
    parser.add_argument("--arguments", default="run=ticker", help="boot arguments of the guest")
    parser.add_argument("--churn", default="", help="arguments of churn; none: it does not run")
    parser.add_argument("--seconds", type=float, default=60, help="give up after so long")
    options = parser.parse_args()
    if not shutil.which(QEMU):
        print(f"{QEMU} is not installed: skipped", file=sys.stderr)
        return 77

    folder = tempfile.mkdtemp(prefix="twinframe-qemu-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None)
    machines = []
    try:
        address = f"unix:{folder}/migration"
        source = Machine(folder, "source", options, [])
        machines.append(source)
        counter = int(source.wait_for(r"counter at real 0x([0-9a-f]+)", 60).group(1), 16)
        if options.churn:
            source.type(f"run churn {options.churn} &\n")
            time.sleep(3)
        target = Machine(folder, "target", options, ["-incoming", address])
        machines.append(target)
        # As fast as it goes, and a downtime limit like the suspend window that we aim at.
        source.ask("migrate-set-parameters", **{"max-bandwidth": 1 << 40, "downtime-limit": 10})
        sampler = Sampler(source, target, counter)
        begun = time.monotonic()
        source.ask("migrate", uri=address)
        status = {}
        while time.monotonic() - begun < options.seconds:
            status = source.ask("query-migrate")
            if status.get("status") in ("completed", "failed", "cancelled"):
                break
            time.sleep(0.01)
        time.sleep(0.3)
        window = sampler.end()
        ram = status.get("ram", {})
        print(json.dumps({
            "status": status.get("status", "unfinished") if status.get("status") == "completed" else "did not converge",
            "memory_mib": options.memory, "churn": options.churn,
            "total_ms": status.get("total-time", round((time.monotonic() - begun) * 1000)),
            "downtime_ms": status.get("downtime"),
            "suspend_window_ms": None if window is None else round(window, 2),
            "bytes_sent": ram.get("transferred"), "passes": ram.get("dirty-sync-count"),
        }))
        return 0
    finally:
        for machine in machines:
            machine.end()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
