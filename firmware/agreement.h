// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A frame that starts: its journal and the lab's witness must tell the same story, or nothing is started.

#include "firmware/journal.h"
#include "firmware/witness.h"

namespace firmware {

// Makes a new journal known to the witness, and takes a journal of version 0.2 over. An error names both sides and the
// remedy, and nothing was changed: the journal was lost, in whole or in part; the witness was; or they name different owners of
// a partition that takes part in no move. `system` is the frame's type, model and serial number. Before anything runs.
emu::Status agree(const std::string& frame, const std::string& system, Journal&, Witness&);

}  // namespace firmware
