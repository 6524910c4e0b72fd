// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/mover/path_watch.h"

#include <algorithm>
#include <vector>

namespace vios {

void PathWatch::begin(u64 stream, const Ends& ends, u64 now) { paths_[stream] = {ends, now, 0}; }

void PathWatch::look(u64 now) {
  if (paths_.empty()) return;
  std::vector<u64> lost;
  for (auto& [stream, path] : paths_) {
    if (!path.asked || now - path.asked >= between_questions) {
      network_.ask(path.ends);
      path.asked = now;
    }
    const u64 heard = std::max(path.since, network_.heard(path.ends));
    if (!network_.up(path.ends) || (now > heard && now - heard > longest_silence)) lost.push_back(stream);
  }
  for (const u64 stream : lost) {
    paths_.erase(stream);
    lost_(stream);
  }
}

}  // namespace vios
