// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The padmin command line of a VIOS.

#include <string>

#include "vios/cli/command.h"

namespace vios::cli {

std::span<const Command* const> commands();  // in alphabetical order

// Runs a line: `lsmap -all`, also with `ioscli` in front. Blanks separate words; quotes keep them together.
Output run(const std::string& line, Devices&);

}  // namespace vios::cli
