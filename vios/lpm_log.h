// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the movers of a VIOS did: the log of type lpm, which `alog` shows. It lies in a file, and outlives the server.

#include <string>

#include "emu/core/types.h"
#include "vios/rolling_text.h"

namespace vios {

class LpmLog {
 public:
  LpmLog(std::string file, const emu::Clock& clock) : log_(std::move(file), clock) {}
  void record(u64 stream, const std::string& line);  // any thread
  std::string text() const { return log_.text(); }

 private:
  RollingText log_;
};

}  // namespace vios
