// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// An array of zeros that takes memory for what is written of it: one element for each page of a partition's real addresses, of which
// most lead nowhere if it has huge pages.

#include <type_traits>
#include <utility>

#include <sys/mman.h>

#include "emu/core/types.h"

namespace cpu {

template <class T>
class Zeroed {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  explicit Zeroed(u64 size) : bytes_(size * sizeof(T)) {
    void* made = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    data_ = made == MAP_FAILED ? nullptr : static_cast<T*>(made);
  }
  ~Zeroed() {
    if (data_) munmap(data_, bytes_);
  }
  Zeroed(const Zeroed&) = delete;
  Zeroed& operator=(const Zeroed&) = delete;

  explicit operator bool() const { return data_ != nullptr; }  // false: the host has no room for it
  T& operator[](u64 i) { return data_[i]; }
  const T& operator[](u64 i) const { return data_[i]; }
  void clear() { madvise(data_, bytes_, MADV_DONTNEED); }

 private:
  u64 bytes_;
  T* data_;
};

}  // namespace cpu
