// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The faults of a frame that are in force (emu/core/fault.h), each until it is taken back. Any thread. Nothing of it is stored: a frame that
// starts again has what its lab file says.

#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "emu/core/fault.h"

namespace emu::frame {

class FrameFaults {
 public:
  // Checked already. One that says anew what another one said takes its place. The number that it got; 0: it has taken others back.
  Result<u32> add(Fault);
  Status clear(u32 number);  // 0: all
  std::vector<Fault> list() const;
  // Whether one of this kind holds for a Virtual I/O Server; of several, the latest.
  std::optional<Fault> of(std::string_view what, std::string_view vios = {}) const;
  bool has(std::string_view what) const;
  std::set<std::string> ports_unplugged(std::string_view vios) const;
  std::set<std::string> subsystems_offline(std::string_view vios) const;
  void forget(std::string_view what);

  // A migration at a mover, which has carried so much of it: whether it is met now. Each is judged once by each fault.
  bool meets(std::string_view what, const std::string& vios, u64 stream, u64 carried);

 private:
  struct InForce {
    Fault fault;
    std::set<u64> judged;  // migrations
  };
  mutable std::mutex mutex_;
  std::vector<InForce> faults_;
  u32 last_ = 0;
  std::minstd_rand dice_{std::random_device{}()};
};

}  // namespace emu::frame
