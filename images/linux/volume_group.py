#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A disk that is the only physical volume of the volume group `rootvg`, and its one logical volume `root`, which is a copy of an
image: as pvcreate, vgcreate and lvcreate of lvm2 would make it. Written by hand, because these want block devices, and so root."""
import argparse
import pathlib
import struct
import zlib

SECTOR = 512
LABEL_SECTOR = 1
METADATA_AT = 4096
DATA_AT = 1 << 20  # the first extent
EXTENT = 4 << 20
GROUP, VOLUME, DISK = (f"{name:0<6}-0000-0000-0000-0000-0000-{number:06}" for name, number in (("TFvg", 1), ("TFlv", 2), ("TFpv", 3)))


def checksum(data):
    """A CRC-32 that begins with a number of its own, and is not inverted at its end."""
    return zlib.crc32(data, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def description(extents):
    return f"""rootvg {{
id = "{GROUP}"
seqno = 1
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = {EXTENT // SECTOR}
max_lv = 0
max_pv = 0
metadata_copies = 0
physical_volumes {{
pv0 {{
id = "{DISK}"
device = "/dev/vda"
status = ["ALLOCATABLE"]
flags = []
dev_size = {(DATA_AT + extents * EXTENT) // SECTOR}
pe_start = {DATA_AT // SECTOR}
pe_count = {extents}
}}
}}
logical_volumes {{
root {{
id = "{VOLUME}"
status = ["READ", "WRITE", "VISIBLE"]
flags = []
creation_time = 0
creation_host = "linux"
segment_count = 1
segment1 {{
start_extent = 0
extent_count = {extents}
type = "striped"
stripe_count = 1
stripes = [
"pv0", 0
]
}}
}}
}}
}}
contents = "Text Format Volume Group"
version = 1
description = "made for a lab"
creation_host = "linux"
creation_time = 0
""".encode() + b"\0"


def label(extents):
    end = (0, 0)
    areas = ((DATA_AT, 0), end, (METADATA_AT, DATA_AT - METADATA_AT), end)
    body = DISK.replace("-", "").encode() + struct.pack("<Q", DATA_AT + extents * EXTENT)
    body += b"".join(struct.pack("<QQ", *area) for area in areas)
    body += struct.pack("<II", 2, 1) + struct.pack("<QQ", *end)  # version, used by a group; no boot loader's areas
    summed = (struct.pack("<I8s", 32, b"LVM2 001") + body).ljust(SECTOR - 20, b"\0")
    return struct.pack("<8sQI", b"LABELONE", LABEL_SECTOR, checksum(summed)) + summed


def metadata(text):
    place = struct.pack("<QQII", SECTOR, len(text), checksum(text), 0)
    summed = struct.pack("<16sIQQ", b" LVM2 x[5A%r0N*>", 1, METADATA_AT, DATA_AT - METADATA_AT) + place
    summed = summed.ljust(SECTOR - 4, b"\0")
    return struct.pack("<I", checksum(summed)) + summed + text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image", type=pathlib.Path, help="a whole number of 4 MiB")
    parser.add_argument("disk", type=pathlib.Path)
    options = parser.parse_args()
    extents, rest = divmod(options.image.stat().st_size, EXTENT)
    if rest or not extents:
        raise SystemExit(f"volume_group: {options.image} is no whole number of extents of {EXTENT} bytes")
    with options.image.open("rb") as image, options.disk.open("wb") as disk:
        disk.seek(LABEL_SECTOR * SECTOR)
        disk.write(label(extents))
        disk.seek(METADATA_AT)
        disk.write(metadata(description(extents)))
        while block := image.read(1 << 20):
            if block.count(0) < len(block):
                disk.seek(DATA_AT + image.tell() - len(block))
                disk.write(block)
        disk.truncate(DATA_AT + extents * EXTENT)


if __name__ == "__main__":
    main()
