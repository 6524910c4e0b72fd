// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Watches a lab's packages: a thread for each. What it wants done it asks of the console, and asks again until it is done; it may die
// and be started again at any moment.

#include <functional>

#include "emu/app/ha/records.h"
#include "emu/app/labs.h"
#include "emu/core/services.h"
#include "firmware/witness.h"

namespace emu::app::ha {

// Who owns a package's partition: the frame's name, as the witness has it; empty: nobody.
std::string owner_of(const NamedLab&, const firmware::Witness&, const Package&);
Result<std::unique_ptr<firmware::Witness>> witness_of(const NamedLab&);

// A move of a package is at work in some process.
std::string move_file(const NamedLab&, const Package&);

// Until `ends` says so.
Status watch(const NamedLab&, const std::vector<Package>&, Records&, const std::function<bool()>& ends);

}  // namespace emu::app::ha
