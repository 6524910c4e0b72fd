// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What `oem_setup_env` leads to: root's shell of the operating system below, with AIX's own commands for devices. (Redbook 3.7)

#include "vios/cli/command.h"

namespace vios::cli {

// Runs the lines behind `oem_setup_env`, one after the other, until `exit`. The status is the last one's.
// SIMPLIFIED: it has no shell's syntax, and these commands alone: chdev, lsattr, odmget.
Output run_as_root(std::span<const std::string> lines, Devices&);

// Words of a line: blanks separate them, quotes keep them together.
std::vector<std::string> words_of_line(const std::string& line);

}  // namespace vios::cli
