// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Fault injection `die-at:<phase>`: the process kills itself, as by kill -9, when a move reaches a phase; `stop-at:<phase>`: it
// stops itself (SIGSTOP), once, so that somebody can do at that moment what he wants to whom he wants. What is written down is
// met exactly, before it and after it: the journal and the witness are wrapped. Phases between are polled for.

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "firmware/hypervisor.h"
#include "firmware/journal.h"
#include "firmware/witness.h"

namespace emu::frame {

class Death {
 public:
  Death() = default;
  ~Death();

  // What the hypervisor shall use instead.
  std::unique_ptr<firmware::Journal> watched(firmware::Journal& journal);
  std::unique_ptr<firmware::Witness> watched(firmware::Witness& witness);

  // Before the hypervisor goes: nobody looks at it any more.
  void disarm();

  // What is written: records of the journal, and what the witness is told.
  enum class Write { none, shell, source, adopted, finished, handed_over, taken_back, started };

  enum class End { die, stop };
  // A phase of firmware/move/progress.h; or the name of a Write: just after it, with "before-" in front just before it; or "now". Error
  // if there is no such phase. "never": what was armed is forgotten.
  static bool knows(std::string_view phase);
  bool armed() const { return armed_; }
  Status arm(const std::string& phase, End end, firmware::Hypervisor& hypervisor);

  void before(Write);
  void after(Write);

 private:
  void meet();
  void poll(firmware::move::Phase phase, firmware::Hypervisor& hypervisor);
  std::atomic<Write> before_{Write::none};
  std::atomic<Write> after_{Write::none};
  std::atomic<End> what_{End::die};
  std::atomic<bool> end_{false};
  std::atomic<bool> armed_{false};
  std::thread thread_;
};

}  // namespace emu::frame
