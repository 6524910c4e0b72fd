// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The global command log of a VIOS: which commands were run, and when. It lies in a file, and outlives the server.

#include <string>

#include "vios/rolling_text.h"

namespace vios {

class CommandLog {
 public:
  CommandLog(std::string file, const emu::Clock& clock) : log_(std::move(file), clock) {}
  void record(const std::string& line);
  std::string text() const { return log_.text(); }

 private:
  RollingText log_;
};

}  // namespace vios
