# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's gdb stub as a hypervisor that QEMU does not have: stops the guest at chosen instructions and answers for them.

Only what the nomad test needs: breakpoints, registers, memory, of a big-endian ppc64 guest.
"""

import select
import socket
import struct


class Elf:
    """Symbols and text of an ELF64 big-endian file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.symbols = []  # (name, address, size)
        offset, = struct.unpack_from(">Q", self.data, 40)
        entry_size, count = struct.unpack_from(">HH", self.data, 58)
        sections = [struct.unpack_from(">IIQQQQIIQQ", self.data, offset + i * entry_size) for i in range(count)]
        for section in sections:
            if section[1] != 2:  # SHT_SYMTAB
                continue
            names = sections[section[6]][4]
            for at in range(section[4], section[4] + section[5], 24):
                name, _, _, _, value, size = struct.unpack_from(">IBBHQQ", self.data, at)
                end = self.data.index(b"\0", names + name)
                self.symbols.append((self.data[names + name:end].decode(), value, size))
        header, = struct.unpack_from(">Q", self.data, 32)
        self.file_offset, self.base = struct.unpack_from(">QQ", self.data, header + 8)

    def system_calls_in(self, part):
        """Addresses of `sc 1` in all functions whose mangled name contains `part`."""
        found = []
        for name, address, size in self.symbols:
            if part in name:
                for at in range(address, address + size, 4):
                    if self.data[at - self.base + self.file_offset:][:4] == b"\x44\x00\x00\x22":
                        found.append(at)
        return found

    def function(self, part):
        matches = [address for name, address, _ in self.symbols if part in name]
        if not matches:
            raise KeyError(part)
        return matches[0]


class Gdb:
    PC, LR = 64, 67

    def __init__(self, path):
        self.link = socket.socket(socket.AF_UNIX)
        self.link.connect(path)
        self.buffer = b""
        self.stopped = True
        while self.receive(0.3):  # the connection itself stops the guest, which the stub reports
            pass
        self.ask("qXfer:features:read:target.xml:0,ffb")  # without having been asked for this, QEMU knows no single registers
        self.ask("?")

    def send(self, text):
        data = text.encode()
        self.link.sendall(b"$" + data + b"#" + b"%02x" % (sum(data) & 255))

    def receive(self, seconds):
        while True:
            start = self.buffer.find(b"$")
            end = self.buffer.find(b"#", start)
            if start >= 0 and end >= 0 and len(self.buffer) >= end + 3:
                text = self.buffer[start + 1:end].decode()
                self.buffer = self.buffer[end + 3:]
                self.link.sendall(b"+")
                return text
            if not select.select([self.link], [], [], seconds)[0]:
                return None
            data = self.link.recv(65536)
            if not data:
                raise ConnectionError("the gdb stub is gone")
            self.buffer += data

    def ask(self, text, seconds=10):
        self.send(text)
        answer = self.receive(seconds)
        if answer is None:
            raise TimeoutError(text)
        return answer

    def break_at(self, address):
        answer = self.ask(f"Z0,{address:x},4")
        if answer != "OK":
            raise RuntimeError(f"breakpoint at {address:x}: {answer}")

    def clear(self, address):
        self.ask(f"z0,{address:x},4")

    def run(self):
        self.send("c")
        self.stopped = False

    def wait(self, seconds):
        """True when the guest stopped at a breakpoint; registers are then those of the processor that did."""
        answer = self.receive(seconds)
        if answer is None:
            return False
        self.stopped = True
        thread = answer.split("thread:")[1].split(";")[0] if "thread:" in answer else "0"
        self.ask(f"Hg{thread}")
        self.thread = thread
        return answer.startswith("T05")

    def get(self, register):
        return int(self.ask(f"p{register:x}"), 16)

    def set(self, register, value):
        assert self.ask(f"P{register:x}={value & (1 << 64) - 1:016x}") == "OK"

    def write(self, address, data):
        assert self.ask(f"M{address:x},{len(data):x}:{data.hex()}") == "OK"

    def step_over(self, address):
        """Executes the instruction under a breakpoint."""
        self.clear(address)
        self.ask(f"vCont;s:{self.thread}")
        self.break_at(address)
