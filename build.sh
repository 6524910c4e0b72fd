#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Configures and builds a preset: ./build.sh PRESET [TARGET ...]. Says nothing but what fails, and how far it is.
set -euo pipefail
cd "$(dirname "$0")"
preset=$1
shift
log=build/$preset.log
# The same source in another folder is the same source.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1
# As ccache's manual asks for precompiled headers: macros defined beside them, and times of files, do not tell sources apart.
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
mkdir -p build
printf 'building %s\n' "$preset"
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >"$log" 2>&1 || { cat "$log"; exit 1; }
if [ -t 1 ]; then
  NINJA_STATUS='  [%f/%t] ' cmake --build --preset "$preset" ${@:+--target "$@"}
else
  cmake --build --preset "$preset" ${@:+--target "$@"} >"$log" 2>&1 || { grep -vE '^\[[0-9]+/[0-9]+\]' "$log" | head -n 100; exit 1; }
fi
