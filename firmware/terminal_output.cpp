// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/terminal_output.h"

#include <algorithm>

namespace firmware {

void TerminalOutput::write(std::span<const u8> output) {
  const std::lock_guard lock(mutex_);
  for (const u8 byte : output) {
    const size_t at = static_cast<size_t>(end_++ % limit);
    if (at < ring_.size()) {
      ring_[at] = byte;
    } else {
      ring_.push_back(byte);
    }
  }
}

u64 TerminalOutput::read(u64 offset, Bytes& to) const {
  const std::lock_guard lock(mutex_);
  const u64 oldest = end_ - ring_.size();
  for (u64 at = std::max(offset, oldest); at < end_; ++at) to.push_back(ring_[static_cast<size_t>(at % limit)]);
  return end_;
}

// SIMPLIFIED: of the output only the last 16 KiB travel, and its offset: a MiB would lengthen the suspend window.
void TerminalOutput::archive(emu::Archive& ar) {
  constexpr u64 carried = 16 * KiB;
  Bytes tail;
  u64 end = 0;
  if (!ar.loading()) {
    const std::lock_guard lock(mutex_);
    end = end_;
    const u64 count = std::min<u64>(carried, ring_.size());
    for (u64 at = end - count; at < end; ++at) tail.push_back(ring_[static_cast<size_t>(at % limit)]);
  }
  ar.section("console", 1);
  ar("end", end);
  ar("tail", tail);
  if (!ar.loading() || ar.failed()) return;
  if (tail.size() > carried || tail.size() > end) return ar.fail("is longer than the output");
  const std::lock_guard lock(mutex_);
  ring_.assign(static_cast<size_t>(std::min<u64>(limit, end)), 0);
  end_ = end;
  for (size_t i = 0; i < tail.size(); ++i) ring_[static_cast<size_t>((end - tail.size() + i) % limit)] = tail[i];
}

}  // namespace firmware
