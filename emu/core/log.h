// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One log per component, four levels with a meaning:
//   error  what the operator asked for did not happen
//   warn   odd but harmless
//   info   a state an operator cares about (one line per phase of a move)
//   debug  focused, off and free
// Guest console output is never mixed into it. A process names itself once with `open_log`; before that, logs go nowhere.

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace emu {

enum class Level { debug, info, warn, error };

// Appends to `file` (created if need be), one line per message: monotonic nanoseconds, process, component, level, text.
// A kind of message that comes too often is counted instead (emu/core/log_limit.h), and a file that grows too large begins anew.
// The first column lets the logs of all processes of a lab be merged in time order. Call once, before threads start.
void open_log(const std::string& file, std::string_view process, Level lowest);

// What TWINFRAME_LOG asks for: debug, info (the default), warn or error.
Level level_from_environment();

// What the log file's lines are made of; also for tests that listen.
void write_log(Level level, std::string_view component, std::string_view text);
bool log_wants(Level level);

class Log {
 public:
  explicit constexpr Log(std::string_view component) : component_(component) {}

  template <class... Arguments>
  void error(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    write(Level::error, format, std::forward<Arguments>(arguments)...);
  }
  template <class... Arguments>
  void warn(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    write(Level::warn, format, std::forward<Arguments>(arguments)...);
  }
  template <class... Arguments>
  void info(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    write(Level::info, format, std::forward<Arguments>(arguments)...);
  }
  template <class... Arguments>
  void debug(fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    write(Level::debug, format, std::forward<Arguments>(arguments)...);
  }

 private:
  template <class... Arguments>
  void write(Level level, fmt::format_string<Arguments...> format, Arguments&&... arguments) const {
    if (log_wants(level)) write_log(level, component_, fmt::format(format, std::forward<Arguments>(arguments)...));
  }

  std::string_view component_;
};

}  // namespace emu
