// SPDX-License-Identifier: GPL-2.0-or-later
// Says whether the partition owns 16 GB pages (memory nodes with ibm,expected#pages) and which page sizes the MMU offers.
#include "user/program.h"

using namespace nomad;

int program_main(int, char**) {
  SystemInfo info;
  system_call(SystemCall::system_info, word_of(&info));
  u64 huge = 0;
  for (u64 address = 0; address < 64ul << 30; address += 1ul << 28) {
    char path[32];
    u8 value[8];
    format(path, sizeof path, "/memory@%lx", address);
    if (system_call(SystemCall::property, word_of(path), word_of("ibm,expected#pages"), word_of(value), sizeof value) >= 0) huge++;
  }
  if (!huge) print("hugepage: absent (kernel pages of %lu KiB)\n", info.kernel_page_bytes >> 10);
  else print("hugepage: pages=%lu size=16GB verdict=OK\n", huge);
  return 0;
}
