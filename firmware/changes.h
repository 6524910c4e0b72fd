// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What has changed in a frame since its process began, the latest few thousand, each with a number. Those who store something note it
// here when it is stored; those who want to know ask for what came after the number that they know. Any thread; it waits for nobody's lock.

#include <condition_variable>
#include <deque>
#include <mutex>

#include "emu/core/change.h"
#include "emu/core/clock.h"
#include "emu/core/partition_profile.h"

namespace firmware {

class Changes {
 public:
  explicit Changes(const emu::Clock& clock) : clock_(clock), life_(clock.wall()) {}

  void note(emu::ChangeKind, u32 lpar_id, const std::string& lpar_name, std::string detail);
  // What is different between two definitions of a partition, each thing as a change.
  void note_difference(const emu::LparDefinition& before, const emu::LparDefinition& after);

  // After `after` of the list's life `life`. If there are none, it waits for one for at most `patience` nanoseconds.
  emu::Changes since(u64 life, u64 after, u64 patience) const;

 private:
  const emu::Clock& clock_;
  const u64 life_;
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  u64 last_ = 0;
  std::deque<emu::Change> kept_;  // up to last_, without gaps
};

}  // namespace firmware
