#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# A frame whose Unicorn will not do says so, and leaves nothing behind: engine.sh TWINFRAME ANOTHER_UNICORN.so LAB.toml
set -uo pipefail
twinframe=$1 another=$2 lab=$3
folder=$(mktemp -d)
export XDG_STATE_HOME=$folder/state XDG_RUNTIME_DIR=$folder/run
mkdir -m 700 "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR"
trap '"$twinframe" down >/dev/null 2>&1; rm -rf "$folder"' EXIT

fail() {
  printf 'FAILED: %s\n' "$1"
  exit 1
}

# version, and the sentence that a frame says then
refused() {
  local output status left
  output=$(LD_PRELOAD=$another UNICORN_VERSION=$1 "$twinframe" frame-process --lab pair --file "$lab" frameA 2>&1)
  status=$?
  printf '%s: exit status %s: %s\n' "$1" $status "$output"
  [ $status = 1 ] || fail "the exit status is not 1"
  [ "$output" = "$2" ] || fail "it should have said: $2"
  left=$(find "$folder" -type f -o -type s | grep -v -e '/log/frameA\.log$' -e '/rmc\.key$')
  [ -z "$left" ] || fail "it has left behind: $left"
  grep -qF "engine: $2" "$XDG_STATE_HOME"/twinframe/pair/log/frameA.log || fail "its log does not say so"
}
refused 020103ff "Unicorn 2.1.3 is too old: 2.1.4 is the first whose floating point is right on PPC64."
refused 020200ff "Unicorn 2.2.0 is newer than what this program knows: use a version 2.1."

# Who starts the lab reads it too.
output=$(LD_PRELOAD=$another UNICORN_VERSION=020103ff "$twinframe" up "$lab" 2>&1) && fail "the lab has started"
printf '%s\n' "$output"
[[ $output == *"frameA has ended: Unicorn 2.1.3 is too old"* ]] || fail "up does not say why"
