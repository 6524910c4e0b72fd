// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Fault injection `die-at:<phase>`: the process kills itself, as by kill -9, when a move reaches a phase. The two records
// that decide who owns the partition are met exactly: the journal is wrapped. Phases between them are polled for.

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "firmware/hypervisor.h"
#include "firmware/journal.h"

namespace emu::frame {

class Death {
 public:
  Death() = default;
  ~Death();

  // The journal that the hypervisor shall use instead.
  std::unique_ptr<firmware::Journal> watched(firmware::Journal& journal);

  // Before the hypervisor goes: nobody looks at it any more.
  void disarm();

  // A phase of firmware/move/progress.h; or "shell", "source", "adopted", "finished": records of the journal; with "before-"
  // in front of a record's name: just before it is written. Error if there is no such phase.
  Status arm(const std::string& phase, firmware::Hypervisor& hypervisor);

  void before_record(firmware::StreamStep step) const;
  void after_record(firmware::StreamStep step) const;

 private:
  void poll(firmware::move::Phase phase, firmware::Hypervisor& hypervisor);
  std::atomic<int> before_{0};  // a StreamStep
  std::atomic<int> after_{0};
  std::atomic<bool> end_{false};
  std::thread thread_;
};

}  // namespace emu::frame
