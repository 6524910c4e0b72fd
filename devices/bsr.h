// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The barrier synchronization register: bytes that all processors of a partition can store to and load at once. A
// partition that owns some cannot move while it runs. (LoPAR B.5.16, 14.12.1; Redbook 2.1.1)
// SIMPLIFIED: one window per array of 8 bytes, an ordinary page of memory behind it. Its bytes are there once, and the stride says so: it is
// that of the windows. Stores of more than a byte are not refused.

#include "devices/node.h"

namespace devices {

class Bsr {
 public:
  static constexpr u32 array_bytes = 8;    // lock bytes of one array, as profiles count them
  static constexpr u32 array_limit = 256;  // windows of one page each in the MiB behind the memory

  // `base` is the real address of the first window, on a page boundary.
  Bsr(u32 arrays, u64 base) : arrays_(arrays), base_(base) {}

  u32 arrays() const { return arrays_; }
  u64 base() const { return base_; }
  u64 bytes() const;
  Node describe() const;

 private:
  u32 arrays_;
  u64 base_;
};

}  // namespace devices
