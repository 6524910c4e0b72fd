// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The connections between movers, as the network has them: pages go through shared memory, but only as long as the two movers reach each
// other. Each asks for the other again and again; a cable that is pulled is noticed at once, a silent peer after a while, as TCP
// notices it. The server's thread. (Redbook 2.2, 6.3)

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "emu/core/types.h"

namespace vios {

class PathWatch {
 public:
  // From one of the server's own addresses (empty: any) to the other mover's.
  struct Ends {
    std::string own;
    std::string peer;
  };
  // The server's networks. `ask`: sends a question to a host; `heard`: when it last answered (0: never); `up`: the server's cable is in.
  struct Network {
    std::function<void(const Ends&)> ask;
    std::function<u64(const Ends&)> heard;
    std::function<bool(const Ends&)> up;
  };
  // `lost`: told once of each stream whose peer is out of reach.
  PathWatch(Network network, std::function<void(u64 stream)> lost) : network_(std::move(network)), lost_(std::move(lost)) {}

  void begin(u64 stream, const Ends&, u64 now);
  void end(u64 stream) { paths_.erase(stream); }
  bool empty() const { return paths_.empty(); }
  bool watches(const std::string& address) const {
    return std::ranges::any_of(paths_, [&](const auto& path) { return path.second.ends.peer == address; });
  }
  // To be called often: at least every `between_questions` nanoseconds while it is not empty.
  void look(u64 now);

  static constexpr u64 between_questions = 250'000'000;
  static constexpr u64 longest_silence = 5'000'000'000;

 private:
  struct Path {
    Ends ends;
    u64 since = 0;
    u64 asked = 0;
  };
  const Network network_;
  const std::function<void(u64)> lost_;
  std::map<u64, Path> paths_;  // by stream
};

}  // namespace vios
