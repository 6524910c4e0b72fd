// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Hears from one frame what has changed there, and whether it answers, and notes that in the console's list. One thread at a time.

#include <optional>

#include "hmc/changes/change_log.h"
#include "hmc/hmc.h"

namespace hmc {

class Listener {
 public:
  Listener(const FrameEndpoint& frame, ChangeLog& log) : frame_(frame), log_(log), heard_(log.heard_from(frame.name)) {}

  // Asks once; the frame may wait for something to say for `wait_ms` milliseconds. False: it does not answer.
  bool hear(u32 wait_ms);

 private:
  void note_system(std::string_view state);

  const FrameEndpoint& frame_;
  ChangeLog& log_;
  std::optional<bool> connected_;
  Heard heard_;  // an earlier process of this console may have
};

}  // namespace hmc
