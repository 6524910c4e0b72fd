#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# nomad on another PAPR machine: QEMU's pseries with -bios. Argument: the build directory. Exit 77 = skipped.
set -eu
build=${1:?usage: nomad_on_qemu.sh BUILD_DIRECTORY}
for program in qemu-system-ppc64 python3; do
  if ! command -v "$program" >/dev/null; then
    echo "skipped: $program is not installed"
    exit 77
  fi
done
images=$build/images/nomad
[ -f "$images/nomad.bin" ] || images=$build
if [ ! -f "$images/nomad.bin" ]; then
  echo "nomad.bin is neither in $build/images/nomad nor in $build" >&2
  exit 1
fi
here=$(dirname "$0")
export PYTHONDONTWRITEBYTECODE=1
timeout 240 python3 "$here/nomad_on_qemu.py" "$images"
timeout 120 python3 "$here/nomad_vasi.py" "$images"
