// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The global command log of a VIOS: which commands were run, and when. It lies in a file, and outlives the server.

#include <string>

#include "emu/core/clock.h"

namespace vios {

class CommandLog {
 public:
  CommandLog(std::string file, const emu::Clock& clock);  // no file: it is kept as long as the server runs
  void record(const std::string& line);
  std::string text() const { return text_; }

 private:
  std::string file_;
  const emu::Clock& clock_;
  std::string text_;
};

}  // namespace vios
