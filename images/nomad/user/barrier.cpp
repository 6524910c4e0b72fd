// SPDX-License-Identifier: GPL-2.0-or-later
// The barrier synchronization register, if the partition has one: single-byte stores, read back with loads of 1 and 8 bytes.
#include "user/program.h"

using namespace nomad;

int program_main(int, char**) {
  u64 windows = 0, bad = 0;
  for (;; windows++) {
    DeviceWindow window{};
    const i64 start = system_call(SystemCall::device_map, windows, word_of(&window));
    if (start == Error::no_device) break;
    if (start < 0 || window.lock_bytes == 0) {
      print("barrier: window %lu cannot be used (%ld)\n", windows, start);
      return 1;
    }
    auto* bytes = reinterpret_cast<volatile u8*>(start);
    for (u32 i = 0; i < window.lock_bytes; i++) {
      bytes[i] = static_cast<u8>(0x80 | i);
      asm volatile("eieio" : : : "memory");
      if (bytes[i] != static_cast<u8>(0x80 | i)) bad++;
      // The same register shows up again every lock_stride bytes.
      if (window.lock_stride && window.lock_stride < window.bytes && bytes[i + window.lock_stride] != static_cast<u8>(0x80 | i)) bad++;
    }
    for (u32 i = 0; i < window.lock_bytes; i++) bytes[i] = 0;
    print("barrier: window=%lu lock_bytes=%u lock_stride=%u length=%lu\n", windows, window.lock_bytes, window.lock_stride, window.bytes);
  }
  if (!windows) {
    print("barrier: absent\n");
    return 0;
  }
  print("barrier: windows=%lu bad=%lu verdict=%s\n", windows, bad, verdict(bad == 0));
  return bad != 0;
}
