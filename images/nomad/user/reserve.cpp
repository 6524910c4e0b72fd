// SPDX-License-Identifier: GPL-2.0-or-later
// Reserves a disk for this partition (RESERVE(6), SPC-2), or releases it.  reserve [disk=D] [release]
#include "user/program.h"

using namespace nomad;

int program_main(int count, char** words) {
  const u64 disk = option_number(count, words, "disk", 0);
  const bool on = !has_word(count, words, "release");
  const i64 result = system_call(SystemCall::disk_reserve, disk, on);
  if (result == 0) print("reserve: disk=%lu %s\n", disk, on ? "reserved" : "released");
  else print("reserve: disk=%lu refused (%ld)\n", disk, result);
  return result != 0;
}
