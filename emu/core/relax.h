// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// For loops that wait for another thread: it tells the host's processor so.

namespace emu {

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace emu
