// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What evacuate, balance, consolidate and roll share: a console that is asked, a record that is carried out with bars, and what is shown
// of it.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "emu/app/evacuation/console.h"
#include "emu/app/evacuation/progress.h"
#include "emu/app/evacuation/records.h"
#include "emu/app/evacuation/run.h"
#include "emu/app/labs.h"
#include "emu/app/process.h"

namespace emu::app::evacuation {

class Work {
 public:
  Work(const ConsolePlace& place, bool json) : hmc_file_(place.hmc_file()), state_folder_(place.folders.state), json_(json) {}

  Ask asker() const;
  Status command(const std::vector<std::string>& words) const;  // it fails: its first line
  Result<std::vector<std::string>> all_systems() const;
  const std::string& state_folder() const { return state_folder_; }
  bool json() const { return json_; }

  // One process at a time does what a record says.
  Result<std::unique_ptr<Presence>> take_turn(const std::string& key) const;

  // What is done, as commands that can be typed; `before`: others that come first.
  void show(const std::string& key, const std::vector<Entry>&, const std::vector<std::vector<std::string>>& before = {}) const;

  // Several at a time, with bars; what the record says then.
  enum class Way { there = 1, back };
  Result<std::vector<Entry>> carry_out(Records&, const std::string& key, u32 at_once, Way, bool fresh = false) const;

 private:
  void watch(Progress&, const std::atomic<bool>& ended) const;

  std::string hmc_file_, state_folder_;
  bool json_;
};

// "1" to "32"; empty: 4.
Result<u32> number_at_once(const std::string& text);
size_t that_stay(const std::vector<Entry>&);
// Of those that do not stay, how many have not come to it.
size_t that_are_left(const std::vector<Entry>&, Outcome goal);

// What a validation has against a partition on each system, asked once and shown as it goes on.
Status judge(const Ask&, std::vector<Guest>&, const std::vector<std::string>& targets,
             const std::function<bool(const Guest&)>& left_out);
// The same, asked when it is wanted: for plans that look at few of the pairs.
std::function<std::string(const Guest&, const std::string& to)> judge_on_demand(const Ask&);

std::string line_of(const std::vector<std::string>& words);

}  // namespace emu::app::evacuation
