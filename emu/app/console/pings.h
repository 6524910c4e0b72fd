// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Pings the partition of interest over the lab's network, from an address of its own, and notes when it answered. A thread.

#include <atomic>
#include <thread>

#include "emu/app/console/alarm.h"
#include "emu/app/console/interest.h"
#include "emu/app/console/latest.h"
#include "emu/app/console/timeline.h"
#include "emu/app/labs.h"
#include "emu/core/clock.h"

namespace emu::app::console {

class Pings {
 public:
  Pings(const NamedLab&, const Latest<Interest>&, Timeline&, const Clock&);  // all must outlive it
  ~Pings();

 private:
  void run();
  const NamedLab& lab_;
  const Latest<Interest>& interest_;
  Timeline& timeline_;
  const Clock& clock_;
  Alarm alarm_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

}  // namespace emu::app::console
