// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What is to go wrong at this console (emu/core/fault.h): commands, steps of migrations and their requests, for whoever tests what drives
// a console, and for whoever learns. Any thread. Nothing of it is stored: a console that starts again has what its lab file says.

#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "emu/core/fault.h"
#include "emu/core/result.h"

namespace hmc {

// Where a migration is.
struct Occasion {
  std::string row;   // "5", "13.2", "undo-6"
  std::string name;  // "suspend the partition"; with "undo-" in front, too
  std::string lpar_name;
  std::string source_system;
  std::string target_system;
  bool active = true;
};

class Faults {
 public:
  // The number that it got; 0: it has taken others back. An error says what is wrong with it.
  emu::Result<u32> add(emu::Fault);
  // What is wrong with it, here where commands, steps and requests are known.
  static emu::Status check(const emu::Fault&);
  // 0: all. An error: there is none of that number.
  emu::Status clear(u32 number);
  std::vector<emu::Fault> list() const;

  struct Meeting {
    u64 delay = 0;  // nanoseconds
    std::optional<emu::Error> answer;
    bool cut = false;
    std::string kill;   // whose process: console, source, destination; empty: nobody's
    bool stop = false;  // it is stopped instead
  };
  // What happens to a command now. Each fault that it meets is counted; delays add up, the first answer counts.
  Meeting meet(const std::vector<std::string>& argv);
  // To a step that is about to begin, or to be undone.
  Meeting meet_step(const Occasion&);
  // To a request of a migration, to one of its systems.
  Meeting meet_request(const Occasion&, std::string_view request, const std::string& system);
  // Whether a migration that has failed in a step is not rolled back.
  bool keeps_failed(const Occasion&);

 private:
  template <class Meets>
  Meeting meet_all(Meets meets);
  mutable std::mutex mutex_;
  std::vector<emu::Fault> faults_;
  u32 last_ = 0;
  std::minstd_rand dice_{std::random_device{}()};
};

}  // namespace hmc
