#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The same Debian Linux on QEMU's pseries machine: same kernel, initrd, disk, memory and processors as images/labs/linux.toml.

    tests/bench/linux_on_qemu.py --images build/linux [--firmware vof|slof] [--login-only]

Prints one JSON object: ms to the login, the kernel's own stamp at /init, and what `speed` in the guest measures. With `vof` QEMU
enters the kernel at once, as a frame does; `slof` is its own firmware, which it has if nothing is said.
Skips with exit status 77 where QEMU or the images are not there.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time

QEMU = "qemu-system-ppc64"


class Guest:
    def __init__(self, images, firmware):
        self.text = ""
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [QEMU, "-machine", f"pseries,x-vof={'on' if firmware == 'vof' else 'off'},ic-mode=xics,cap-cfpc=broken,cap-sbbc=broken,cap-ibs=broken,cap-ccf-assist=off",
             "-cpu", "power8", "-m", "1024", "-smp", "2", "-nodefaults", "-nographic", "-serial", "stdio",
             "-kernel", f"{images}/vmlinux", "-initrd", f"{images}/initrd.cpio", "-append", "console=hvc0 root=/dev/sda",
             "-device", "spapr-vscsi", "-drive", f"file={images}/root.img,if=none,id=root,format=raw,snapshot=on",
             "-device", "scsi-hd,drive=root"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while data := os.read(self.process.stdout.fileno(), 4096):
            self.text += data.decode("latin-1")

    def wait(self, pattern, seconds, after=0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := re.compile(pattern).search(self.text, after):
                return found
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise SystemExit(f"the guest has not shown {pattern}: {self.text[-800:]}")

    def type(self, line):
        at = len(self.text)
        self.process.stdin.write((line + "\n").encode())
        self.process.stdin.flush()
        return at


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", required=True)
    parser.add_argument("--firmware", choices=("vof", "slof"), default="vof")
    parser.add_argument("--login-only", action="store_true")
    options = parser.parse_args()
    if not shutil.which(QEMU) or not os.path.exists(f"{options.images}/vmlinux"):
        print("skipped: QEMU or the images of images/linux/make are not here", file=sys.stderr)
        return 77
    guest = Guest(options.images, options.firmware)
    try:
        guest.wait("login: ", 400)
        result = {"login_ms": 1000 * (time.monotonic() - guest.began)}
        if options.login_only:
            print(json.dumps(result))
            return 0
        guest.type("root")
        guest.wait("linux# ", 60)
        result["init_ms"] = 1000 * float(guest.wait(r"\[ *([\d.]+)\] Run /init", 1).group(1))
        at = guest.type("dmesg -n 1; speed; echo end$((1))")
        guest.wait("end1\r?\n", 200, at)
        result["speed"] = {name: float(value) for name, value in re.findall(r"speed: (\w+) ([\d.e+]+) ", guest.text[at:])}
    finally:
        guest.process.kill()
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
