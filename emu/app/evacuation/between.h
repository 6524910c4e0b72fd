// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A command that moves partitions between several systems, by a plan of its own: balance, consolidate.

#include <memory>
#include <string>
#include <vector>

#include "emu/app/command.h"
#include "emu/app/evacuation/plan.h"

namespace emu::app::evacuation {

struct Between {
  std::string name;     // of the command, and of its record
  std::string nothing;  // that is said when there is nothing to do
  std::vector<Step> (*plan)(const std::vector<Guest>&, std::vector<Room>, const Wishes&, std::vector<std::string>& notes);
};

std::unique_ptr<Command> make_between(Between);

}  // namespace emu::app::evacuation
