#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An initrd as a cpio archive: busybox, an init, kernel modules with all that they depend on, in the order to load them, and
programs with their libraries. Written by hand, because device nodes and owners are then right whoever builds."""
import argparse
import lzma
import pathlib
import stat
import struct


def entry(name, mode, data=b"", major=0, minor=0, numbers=iter(range(1, 1 << 20))):
    path = name.encode() + b"\0"
    fields = (next(numbers), mode, 0, 0, 1, 0, len(data), 0, 0, major, minor, len(path), 0)
    header = b"070701" + b"".join(b"%08X" % field for field in fields) + path
    return header + b"\0" * (-len(header) % 4) + data + b"\0" * (-len(data) % 4)


def module_files(kernel):
    return {path.name.split(".")[0].replace("-", "_"): path for path in kernel.glob("lib/modules/*/kernel/**/*.ko*")}


def content(path):
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else data


def dependencies(data):
    """The module's own word: depends=a,b in its .modinfo section."""
    at = data.find(b"\0depends=")
    names = data[at + 9 : data.index(b"\0", at + 9)].decode() if at >= 0 else ""
    return [name for name in names.split(",") if name]


def in_load_order(files, wanted):
    order = {}

    def visit(name):
        if name in order or name not in files:  # not there: built in
            return
        data = content(files[name])
        for other in dependencies(data):
            visit(other.replace("-", "_"))
        order[name] = data

    for name in wanted:
        visit(name.replace("-", "_"))
    return order


def find(root, name):
    """The regular file of that name in the root file system."""
    for path in sorted(root.glob(f"usr/**/{name}")):
        if path.is_file():
            return path
    raise SystemExit(f"initrd: the root file system has no {name}")


def libraries(data):
    """The names in the NEEDED entries of the dynamic section, and the interpreter's, of a 64-bit little-endian ELF file."""
    header, size, count = struct.unpack_from("<Q", data, 0x20)[0], *struct.unpack_from("<HH", data, 0x36)
    segments = [struct.unpack_from("<IIQQQQQQ", data, header + i * size) for i in range(count)]
    loaded = [s for s in segments if s[0] == 1]

    def offset(address):
        return next(s[2] + address - s[3] for s in loaded if s[3] <= address < s[3] + s[5])

    def text(at):
        return data[at : data.index(b"\0", at)].decode()

    names = [text(s[2]).split("/")[-1] for s in segments if s[0] == 3]
    for segment in (s for s in segments if s[0] == 2):
        entries = list(struct.iter_unpack("<QQ", data[segment[2] : segment[2] + segment[5]]))
        strings = offset(next(value for tag, value in entries if tag == 5))
        names += [text(strings + value) for tag, value in entries if tag == 1]
    return names


def with_libraries(root, programs):
    """Path in the archive to content: programs in bin, what they need in lib, which lib64 is a link to."""
    files = {}
    wanted = [(f"bin/{name}", find(root, name)) for name in programs]
    while wanted:
        name, path = wanted.pop()
        if name in files:
            continue
        files[name] = path.read_bytes()
        wanted += [(f"lib/{library}", find(root, library)) for library in libraries(files[name])]
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", type=pathlib.Path, required=True, help="the unpacked kernel package")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="a root file system: busybox and programs are its")
    parser.add_argument("--init", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--program", action="append", default=[], help="a program that goes in, with its libraries")
    parser.add_argument("modules", nargs="*")
    options = parser.parse_args()

    folder, program, plain = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o755, stat.S_IFREG | 0o644
    archive = b"".join(entry(name, folder) for name in ("bin", "dev", "etc", "lib", "proc", "root", "sys", "tmp"))
    archive += entry("dev/console", stat.S_IFCHR | 0o600, major=5, minor=1)
    archive += entry("dev/null", stat.S_IFCHR | 0o666, major=1, minor=3)
    archive += entry("bin/busybox", program, find(options.root, "busybox").read_bytes())
    archive += entry("init", program, options.init.read_bytes())
    programs = with_libraries(options.root, options.program)
    if programs:
        archive += entry("lib64", stat.S_IFLNK | 0o777, b"lib")
    for name, data in sorted(programs.items()):
        archive += entry(name, program, data)
    loaded = in_load_order(module_files(options.kernel), options.modules)
    for name, data in loaded.items():
        archive += entry(f"lib/{name}.ko", plain, data)
    archive += entry("lib/order", plain, "".join(f"{name}\n" for name in loaded).encode())
    options.output.write_bytes(archive + entry("TRAILER!!!", 0))


if __name__ == "__main__":
    main()
