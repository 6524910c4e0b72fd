// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What evacuations and the like want and have done, in the lab's state folder: each goes on after the death of anybody, and can bring
// everybody back. Each has a key: of an evacuation it is the system, which is in maintenance as long as there is a record: nobody else's
// goes there. Other keys begin with a character that no system's name has. Several processes may have it open; one thread of each.

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

inline constexpr char not_a_system = '*';

Error in_maintenance(const std::string& system);

class Records {
 public:
  static Result<std::unique_ptr<Records>> open(const std::string& state_folder);

  // All of it, or an error and nothing: one with a key at a time, and none to or from where another one is at work. A step without a
  // `from` is of the system that is the key.
  Status begin(const std::string& key, const std::vector<Entry>&);
  Status note(const std::string& key, const std::string& partition, Outcome, const std::string& error = "");
  Status forget(const std::string& key);
  Result<std::vector<Entry>> entries(const std::string& key);  // in the order of the plan; none: there is no record
  Result<std::vector<std::string>> systems();                  // that are in maintenance

  // A rolling update: systems that are still to be done, in their order.
  Status begin_roll(const std::vector<std::string>& systems);
  Result<std::vector<std::string>> roll();
  Status rolled(const std::string& system);

 private:
  explicit Records(std::unique_ptr<Database>);
  std::unique_ptr<Database> database_;
};

}  // namespace emu::app::evacuation
