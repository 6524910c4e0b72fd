// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a running lab looks like from outside: for `twinframe status` and for scenarios.

#include "emu/app/json.h"
#include "emu/app/labs.h"

namespace emu::app {

// {name, file, state_folder, processes: [{name, pid, alive}], systems: [{name, state, ..., partitions: [...]}], moves, forwards}
Json lab_status(const NamedLab&);

}  // namespace emu::app
