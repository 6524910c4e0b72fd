// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where the memory of a partition lies: a file without a name, which lives as long as anybody holds its descriptor. So a
// partition that has moved can still read it when the process that it came from is dead. Its size is sealed. What nobody
// has written is a hole in it, and costs the host nothing.

#include <memory>

#include "emu/core/descriptor.h"
#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu {

class MemorySegment {
 public:
  static constexpr u64 huge_page = 2 * MiB;

  // Empty, to be read and written. At least `size` bytes: whole huge pages.
  static Result<std::unique_ptr<MemorySegment>> create(u64 size);
  // Somebody else's, to be read only; refused unless it is sealed and has at least `size` bytes.
  static Result<std::unique_ptr<MemorySegment>> adopt(Descriptor, u64 size);
  ~MemorySegment();
  MemorySegment(const MemorySegment&) = delete;
  MemorySegment& operator=(const MemorySegment&) = delete;

  u8* data() { return data_; }
  const u8* data() const { return data_; }
  u64 size() const { return size_; }

  // For somebody who may only read it.
  Result<Descriptor> for_readers() const;

  // The next stretch at or after `offset` that is no hole; it begins at size() if there is none. To read a hole would fill it.
  struct Stretch {
    u64 begin = 0;
    u64 end = 0;
  };
  Stretch data_from(u64 offset) const;

  // The host provides the huge page around `offset`, or makes one of the small pages that are there. False: it cannot now.
  bool provide_huge(u64 offset);

  // The host has these bytes back; they read as zeros. Whole pages.
  void punch(u64 offset, u64 length);

 private:
  MemorySegment(Descriptor file, u8* data, u64 size) : file_(std::move(file)), data_(data), size_(size) {}

  Descriptor file_;
  u8* data_;
  u64 size_;
};

// Asks the kernel for each stretch once, if the offsets rise.
class HoleFinder {
 public:
  explicit HoleFinder(const MemorySegment& segment) : segment_(segment) {}
  bool is_hole(u64 offset, u64 length) {
    if (offset < asked_ || offset >= data_.end) data_ = segment_.data_from(asked_ = offset);
    return offset + length <= data_.begin;
  }
  void forget() { data_ = {}; }  // holes may have been written to

 private:
  const MemorySegment& segment_;
  u64 asked_ = 0;
  MemorySegment::Stretch data_;
};

}  // namespace emu
