// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A command of the program: what it accepts, and what it does. One file and one row of the table (commands.cpp) each.

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/result.h"

namespace emu::app {

// Exit statuses: done, not done, and "this cannot be what you mean" (a wrong option, a lab file with a mistake).
inline constexpr int exit_done = 0;
inline constexpr int exit_failed = 1;
inline constexpr int exit_misused = 2;
inline constexpr int exit_skipped = 77;  // a test that cannot be run here, as build systems have it

enum class Needed { yes, no };

// What a command accepts. Values stand where the references point once the command runs.
class Options {
 public:
  virtual ~Options() = default;
  virtual void flag(const std::string& name, const std::string& meaning, bool& to) = 0;
  virtual void value(const std::string& name, const std::string& meaning, std::string& to) = 0;
  virtual void argument(const std::string& name, const std::string& meaning, std::string& to, Needed) = 0;
  // Everything that follows, options included: a command of somebody else's.
  virtual void rest(const std::string& name, const std::string& meaning, std::vector<std::string>& to) = 0;
};

class Command {
 public:
  virtual ~Command() = default;
  virtual void accept(Options&) = 0;
  virtual int run() = 0;  // the exit status
};

enum class Shown { to_everybody, to_nobody };

struct CommandRow {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Command> (*make)();
  Shown shown = Shown::to_everybody;
};

std::span<const CommandRow> commands();

// Prints why, on standard error, in one line.
int failed(const Error&, int exit_status = exit_failed);

}  // namespace emu::app
