#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The lab by hand of the README, command for command as it stands there: readme.sh README.md BIN_FOLDER
set -uo pipefail
readme=$1
folder=$(mktemp -d)
export XDG_STATE_HOME=$folder/state XDG_RUNTIME_DIR=$folder/run PATH=$2:$PATH
unset TWINFRAME_LAB
mkdir -m 700 "$XDG_STATE_HOME" "$XDG_RUNTIME_DIR"
trap 'twinframe down >/dev/null 2>&1; rm -rf "$folder"' EXIT

fail() {
  printf 'FAILED: %s\n' "$1"
  exit 1
}

# Building, and finding what was built, is this test's caller's.
# The window has tests of its own: here may be no display.
mapfile -t commands < <(sed -n '/^## A lab by hand/,/^## /p' "$readme" | sed -n '/^```/,/^```/p' | grep -vE '^(```|twinframe console |\./build\.sh |PATH=|$)')
[ ${#commands[@]} = 10 ] || fail "the README has ${#commands[@]} commands, not ten"

# What is typed: a command for the shell of the guest, and ~. to leave its console once it has answered.
type_at() {
  case $1 in "twinframe vterm"*) ;; *) return ;; esac
  printf 'uname\n'
  for _ in $(seq 300); do
    tr -d '\r' <"$folder/output" | grep -qx nomad && break
    sleep 0.1
  done
  printf '~.'
}

# A word of what each of them answers.
answer_of() {
  case $1 in
    "twinframe up"*) echo "ready: " ;;
    "twinframe status"*) echo mobile ;;
    "lssyscfg -r lpar"*) echo "mobile,3,Running,active" ;;
    "twinframe vterm"*) echo "nomad" ;;
    "migrlpar -o v"*) ;;
    "migrlpar -o m"*) ;;
    "lslparmigr -r lpar"*) echo "name=mobile,lpar_id=3,migration_state=Not Migrating" ;;
    "lsrefcode -r lpar"*) echo "lpar_name=mobile" ;;
    "twinframe vios"*) echo "Migration completed successfully" ;;
    "twinframe down"*) echo "frameA: stopped" ;;
    *) fail "nobody has said what the README's command \"$1\" should answer" ;;
  esac
}

for command in "${commands[@]}"; do
  printf '$ %s\n' "$command"
  expected=$(answer_of "$command") || { echo "$expected"; exit 1; }
  # A guest takes a moment to boot, and its RMC daemon another: who works by hand looks again.
  for _ in $(seq 300); do
    : >"$folder/output"
    bash -c "$command" >"$folder/output" 2>&1 < <(type_at "$command")
    status=$?
    output=$(<"$folder/output")
    case $command in lssyscfg*) [[ $output == *"$expected"* ]] || { sleep 0.1; continue; } ;; esac
    break
  done
  printf '%s\n' "$output"
  [ $status = 0 ] || fail "exit status $status"
  [[ $output == *"$expected"* ]] || fail "the answer has no \"$expected\""
done
[ -z "$(ls "$XDG_RUNTIME_DIR")" ] || fail "links are left behind"
