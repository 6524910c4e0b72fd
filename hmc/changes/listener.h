// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Hears from one frame what has changed there, and whether it answers, and notes that in the console's list. It goes on where an earlier
// process of the console was. One thread at a time.

#include "hmc/changes/change_log.h"
#include "hmc/hmc.h"

namespace hmc {

class Listener {
 public:
  Listener(const FrameEndpoint& frame, ChangeLog& log);

  // Asks once; the frame may wait for something to say for `wait_ms` milliseconds. False: it does not answer, or what it says cannot be
  // stored now.
  bool hear(u32 wait_ms);

 private:
  bool note(emu::Change, Heard);  // then we have heard so far
  bool note_connected(bool, Heard);

  const FrameEndpoint& frame_;
  ChangeLog& log_;
  std::optional<Heard> heard_;  // none: nothing was ever noted of it
  u32 silences_ = 0;            // in a row
};

}  // namespace hmc
