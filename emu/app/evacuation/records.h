// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What evacuations want and have done, in the lab's state folder: each goes on after the death of anybody, and can bring everybody back. A
// system with a record is in maintenance: nobody else's evacuation goes there. Several processes may have it open; one thread of each.

#include <memory>
#include <string>
#include <vector>

#include "emu/app/evacuation/plan.h"
#include "emu/core/database.h"
#include "emu/core/result.h"

namespace emu::app::evacuation {

enum class Outcome : u8 { open = 1, done, failed, back };

struct Entry {
  Step step;
  bool was_running = false;
  Outcome outcome = Outcome::open;
  std::string error{};  // why it failed
};

Error recorded_already(const std::string& system);
Error in_maintenance(const std::string& system);

class Records {
 public:
  static Result<std::unique_ptr<Records>> open(const std::string& state_folder);

  // All of it, or an error and nothing: one evacuation of a system at a time, and none to or from where another one is at work.
  Status begin(const std::string& system, const std::vector<Entry>&);
  Status note(const std::string& system, const std::string& partition, Outcome, const std::string& error = "");
  Status forget(const std::string& system);
  Result<std::vector<Entry>> entries(const std::string& system);  // in the order of the plan; none: there is no record
  Result<std::vector<std::string>> systems();                     // that have one

 private:
  explicit Records(std::unique_ptr<Database>);
  std::unique_ptr<Database> database_;
};

}  // namespace emu::app::evacuation
