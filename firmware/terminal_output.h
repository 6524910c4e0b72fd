// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a partition wrote on its first virtual terminal since it was activated: the last MiB of it, addressed by offsets
// that only grow. Any thread.

#include <mutex>

#include "emu/core/archive.h"

namespace firmware {

class TerminalOutput {
 public:
  static constexpr size_t limit = MiB;

  void write(std::span<const u8> output);
  // Appends what follows `offset` to `to`; what is too old is skipped. Returns the offset behind the last byte.
  u64 read(u64 offset, Bytes& to) const;

  // A move carries the end of the output, so that whoever reads along goes on where he was.
  void archive(emu::Archive&);

 private:
  mutable std::mutex mutex_;
  Bytes ring_;
  u64 end_ = 0;
};

}  // namespace firmware
