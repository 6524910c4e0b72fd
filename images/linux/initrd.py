#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""An initrd as a cpio archive: busybox, an init, and kernel modules with all that they depend on, in the order to load them.
Written by hand, because device nodes and owners are then right whoever builds."""
import argparse
import lzma
import pathlib
import stat


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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kernel", type=pathlib.Path, required=True, help="the unpacked kernel package")
    parser.add_argument("--busybox", type=pathlib.Path, required=True)
    parser.add_argument("--init", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("modules", nargs="*")
    options = parser.parse_args()

    folder, program, plain = stat.S_IFDIR | 0o755, stat.S_IFREG | 0o755, stat.S_IFREG | 0o644
    archive = b"".join(entry(name, folder) for name in ("bin", "dev", "etc", "lib", "proc", "root", "sys", "tmp"))
    archive += entry("dev/console", stat.S_IFCHR | 0o600, major=5, minor=1)
    archive += entry("dev/null", stat.S_IFCHR | 0o666, major=1, minor=3)
    archive += entry("bin/busybox", program, options.busybox.read_bytes())
    archive += entry("init", program, options.init.read_bytes())
    loaded = in_load_order(module_files(options.kernel), options.modules)
    for name, data in loaded.items():
        archive += entry(f"lib/{name}.ko", plain, data)
    archive += entry("lib/order", plain, "".join(f"{name}\n" for name in loaded).encode())
    options.output.write_bytes(archive + entry("TRAILER!!!", 0))


if __name__ == "__main__":
    main()
