// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Commands that are to go wrong, for whoever tests what drives a console: they answer a code, or take their time. Any thread. Nothing of it
// is stored: a console that starts again does as it is told.

#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/result.h"

namespace hmc {

// What happens to a command, and to which.
struct CommandFault {
  u32 number = 0;         // by which it is cleared; given by add()
  std::string command;    // "migrlpar"; empty: any
  std::string object;     // a system or a partition that its options name; empty: any
  std::string code;       // what it answers instead of doing anything; empty: it does what it does
  std::string text;       // behind the code; empty: the console's own sentence
  u32 delay_ms = 0;       // before anything else
  u32 jitter_ms = 0;      // up to so much more or less
  u32 skip = 0;           // so many commands are spared first
  u32 count = 0;          // then so many are met; 0: all
  u32 probability = 100;  // of each of them, in percent
  u32 met = 0;            // so many were
  FIELDS(CommandFault, number, command, object, code, text, delay_ms, jitter_ms, skip, count, probability, met)
};

class Faults {
 public:
  // The number that it got; an error says what is wrong with it.
  emu::Result<u32> add(CommandFault);
  // 0: all. An error: there is none of that number.
  emu::Status clear(u32 number);
  std::vector<CommandFault> list() const;

  struct Meeting {
    u64 delay = 0;  // nanoseconds
    std::optional<emu::Error> answer;
  };
  // What happens to a command now. Each fault that it meets is counted; delays add up, the first answer counts.
  Meeting meet(const std::vector<std::string>& argv);

 private:
  static bool is_about(const CommandFault&, const std::vector<std::string>& argv);
  mutable std::mutex mutex_;
  std::vector<CommandFault> faults_;
  u32 last_ = 0;
  std::minstd_rand dice_{std::random_device{}()};
};

}  // namespace hmc
