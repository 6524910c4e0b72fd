// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What an evacuation asks of a console, all of it by its commands, and what it answers.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emu/app/evacuation/plan.h"
#include "emu/core/result.h"

namespace emu::app::evacuation {

struct Answer {
  int code = 0;
  std::string output;
};
// Runs a command of the console to its end. An error: there is no console. Any thread.
using Ask = std::function<Result<Answer>(const std::vector<std::string>& words)>;

// The partitions of a system but its Virtual I/O Servers; `why_not` is empty still.
Result<std::vector<Guest>> guests_of(const Ask&, const std::string& system);
Result<Room> room_of(const Ask&, const std::string& system);
// The first error of a validation, without its code; empty: none.
Result<std::string> validated(const Ask&, const std::string& from, const std::string& to, const std::string& partition);

// Where a partition is, on the first of these systems that has it, and its state there. Nothing: nowhere.
struct Whereabouts {
  std::string system;
  std::string state;  // "Running", "Migrating - Running"
};
bool migrates(const Whereabouts&);
Result<std::optional<Whereabouts>> where_is(const Ask&, const std::vector<std::string>& systems, const std::string& partition);

std::vector<std::string> move_command(const std::string& from, const std::string& to, const std::string& partition);
std::vector<std::string> recover_command(const std::string& system, const std::string& partition);
std::vector<std::string> maintenance_command(const std::string& system, bool on);
std::vector<std::string> shutdown_command(const std::string& system, const std::string& partition);
std::vector<std::string> start_command(const std::string& system, const std::string& partition);

}  // namespace emu::app::evacuation
