// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What can be made to go wrong, for demonstrations: through the same messages, signals and keys as a scenario's.

#include <memory>
#include <string>
#include <vector>

#include "emu/app/console/guest.h"
#include "emu/app/console/hmc_poll.h"
#include "emu/app/labs.h"

namespace emu::app::console {

struct Fault {
  std::string group;  // "Mover link", "frameA" ...
  std::string name;   // "Cut the mover link of frameA"
  std::shared_ptr<Task> (*start)(const NamedLab&, const std::string& target);
  std::string target;  // a frame, or a process; for guests: what is typed
  bool typed = false;  // into the guest's terminal, instead of start()
};

// All that a lab offers.
std::vector<Fault> faults_of(const NamedLab&);

}  // namespace emu::app::console
