// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What somebody wants of packages, and what was done for them, in the lab's state folder: the monitor and the commands may die at any
// moment. Several processes have it open, several threads use it.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "emu/core/database.h"
#include "emu/core/result.h"

namespace emu::app::ha {

struct Record {
  std::string package;
  bool wanted = true;     // it shall run
  bool switching = true;  // it is restarted, here or elsewhere, when it does not
  std::string moves_to;   // as long as `twinframe ha move` is at work
  u64 restarts = 0;
};

struct Event {
  u64 wall = 0;  // nanoseconds since 1970
  std::string package;
  std::string text;
};

class Records {
 public:
  static Result<std::unique_ptr<Records>> open(const std::string& state_folder);

  Record of(const std::string& package);  // the default one, if nobody has changed anything
  Status want(const std::string& package, bool runs);
  Status enable(const std::string& package, bool switching);
  Status move(const std::string& package, const std::string& to);  // empty: it has ended
  Status restarted(const std::string& package);
  Status note(const std::string& package, const std::string& text);
  std::vector<Event> events(u32 latest);  // oldest first

 private:
  explicit Records(std::unique_ptr<Database> database) : database_(std::move(database)) {}
  template <class... Values>
  Status change(const std::string& package, const char* what, const Values&... values);
  std::mutex mutex_;
  std::unique_ptr<Database> database_;
};

}  // namespace emu::app::ha
