// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Processes of a lab: how one says that it lives, how others see that, and how they are started and ended. The sign of
// life is a file with the pid, locked by its process: the kernel releases the lock however the process ends, so a pid is
// signalled only while it certainly is the one that was meant.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace emu::app {

// Held by the process itself, for its whole life.
class Presence {
 public:
  // "taken" if a living process holds the file.
  static Result<std::unique_ptr<Presence>> claim(const std::string& file);
  ~Presence();
  Presence(const Presence&) = delete;
  Presence& operator=(const Presence&) = delete;

 private:
  Presence(std::string file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}
  std::string file_;
  int descriptor_;
};

// The pid of the living process behind `file`; nothing if there is none.
std::optional<pid_t> living(const std::string& file);

enum class Ends { by_itself, with_its_parent };

// Starts this program again, with other arguments, detached from the terminal; what it prints goes to `output_file`. Files that it makes
// are this user's alone. An error if `output_file` cannot be opened: nothing was started.
Result<pid_t> start_again(const std::vector<std::string>& arguments, const std::string& output_file, Ends);

// Signals the process behind `file`, if it lives, and waits until it does not. False if it still does after `timeout`.
bool end_process(const std::string& file, int signal, u64 timeout);
bool wait_until_gone(const std::string& file, u64 timeout);

// Of a child that start_again() made. -1: it was ended by a signal.
int wait_for_exit(pid_t child);

void sleep_ns(u64 nanoseconds);
std::string own_path();  // of this program

}  // namespace emu::app
