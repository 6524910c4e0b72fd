// SPDX-License-Identifier: GPL-2.0-or-later
// The partition's pages of 16 GiB, if it has any: writes words all over each of them, and finds every one where it was put.
#include "user/program.h"

using namespace nomad;

namespace {

constexpr u64 page_bytes = 16ul << 30, stride = 1ul << 30;

// Each word is its own address: two addresses that lead to one place cannot both be right.
template <class Use>
void for_each_word(u64 start, Use use) {
  for (u64 at = start; at < start + page_bytes; at += stride)
    for (u64 offset = 0; offset < stride; offset += stride - 8) use(reinterpret_cast<volatile u64*>(at + offset), at + offset);
}

}  // namespace

int program_main(int, char**) {
  u64 starts[8];
  u64 pages = 0, bad = 0;
  for (; pages < 8; pages++) {
    const i64 start = system_call(SystemCall::huge_page_map, pages);
    if (start == Error::no_device) break;
    if (start < 0) {
      print("hugepage: page %lu cannot be used (%ld) verdict=%s\n", pages, start, verdict(false));
      return 1;
    }
    starts[pages] = static_cast<u64>(start);
    for_each_word(starts[pages], [](volatile u64* word, u64 address) { *word = address; });
  }
  if (!pages) {
    SystemInfo info;
    system_call(SystemCall::system_info, word_of(&info));
    print("hugepage: absent (kernel pages of %lu KiB)\n", info.kernel_page_bytes >> 10);
    return 0;
  }
  for (u64 page = 0; page < pages; page++)
    for_each_word(starts[page], [&](volatile u64* word, u64 address) { bad += *word != address; });
  print("hugepage: pages=%lu size=16GB bad=%lu verdict=%s\n", pages, bad, verdict(bad == 0));
  return bad != 0;
}
