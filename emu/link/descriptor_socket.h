// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A Unix socket on which the source's frame hands the descriptor of a partition's memory to the destination's. It lies in the
// lab's runtime folder, which is its user's alone, and not in the abstract name space, where any user of the host could take
// the name first. Both sides ask the kernel whose process the other one is all the same.

#include <string>
#include <string_view>

#include "emu/core/segment_exchange.h"

namespace emu {

class DescriptorSocket final : public SegmentPlace {
 public:
  // `stream`: both sides must mean the same. The name exists as long as the taker does.
  DescriptorSocket(std::string path, u64 stream) : path_(std::move(path)), stream_(stream) {}
  std::unique_ptr<SegmentGiver> giver() const override;
  Result<std::unique_ptr<SegmentTaker>> taker() const override;

 private:
  std::string path_;
  u64 stream_;
};

inline constexpr std::string_view memory_mark = ".memory";  // ends their names

// Sockets of this kind in the folder at which nobody listens any more: what a dead process has left, nobody else removes.
void remove_dead_sockets(const std::string& folder);

}  // namespace emu
