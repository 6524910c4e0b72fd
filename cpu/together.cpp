// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/together.h"

#include <algorithm>

#include <sched.h>

namespace cpu {

namespace {

// Blocks of code are short; who is not out after so many looks has lost its host processor.
constexpr int looks = 2000;

void wait_a_little() {
#ifdef __x86_64__
  __builtin_ia32_pause();
#endif
}

}  // namespace

void Together::join(Member& member) {
  const std::lock_guard lock(members_mutex_);
  members_.push_back(&member);
}

void Together::leave(Member& member) {
  const std::lock_guard lock(members_mutex_);
  std::erase(members_, &member);
}

void Together::only(const Member* but) {
  if (!several_) return;
  const std::lock_guard lock(members_mutex_);
  for (Member* each : members_)
    if (each != but && each->inside()) each->hurry();
  for (const Member* each : members_)
    for (int i = 0; each != but && each->inside(); ++i) {
      if (i < looks)
        wait_a_little();
      else
        sched_yield();
    }
}

}  // namespace cpu
