// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What can be made to go wrong, of the table that `twinframe fault` has (emu/core/fault.h), and what is in force; besides, what only a signal
// or the guest's keyboard does.

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "emu/app/console/alarm.h"
#include "emu/app/console/guest.h"
#include "emu/app/console/hmc_poll.h"
#include "emu/app/console/latest.h"
#include "emu/app/faults.h"
#include "emu/app/labs.h"

namespace emu::app::console {

struct FaultEntry {
  std::string group;   // "frameA", "In force" ...
  std::string name;    // "Cut its mover link"
  std::string target;  // a frame, or a process; for guests: what is typed
  std::string words;   // of the fault that is set at the target
  std::shared_ptr<Task> (*start)(const NamedLab&, const FaultEntry&) = nullptr;
  u32 number = 0;      // of the fault that is taken back at the target
  bool typed = false;  // into the guest's terminal, instead of start()
};

// All that a lab offers, and at the end all that is in force, each of which can be taken back.
std::vector<FaultEntry> faults_of(const NamedLab&, const std::vector<FaultInForce>&);

// Asks all processes of a lab what is in force, now and then.
class FaultPoll {
 public:
  explicit FaultPoll(const NamedLab&);  // which must outlive it
  ~FaultPoll();
  std::shared_ptr<const std::vector<FaultInForce>> state() const { return state_.get(); }
  void hurry() { alarm_.ring(); }

 private:
  void run();
  const NamedLab& lab_;
  Latest<std::vector<FaultInForce>> state_;
  Alarm alarm_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

}  // namespace emu::app::console
