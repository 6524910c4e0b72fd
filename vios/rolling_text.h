// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A log of lines in a file, which outlives the server; when it gets too long, its older half goes.

#include <mutex>
#include <string>

#include "emu/core/clock.h"

namespace vios {

class RollingText {
 public:
  // No file: it is kept as long as the server runs.
  RollingText(std::string file, const emu::Clock& clock);
  std::string text() const;                    // any thread, as append
  void append(const std::string& entry);       // whole lines
  std::string time(const char* format) const;  // now, as strftime has it

 private:
  const std::string file_;
  const emu::Clock& clock_;
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace vios
