// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A command line as a shell splits it: blanks, quotes, backslashes. Nothing is expanded.

#include <string>
#include <string_view>
#include <vector>

#include "emu/core/result.h"

namespace emu {

Result<std::vector<std::string>> split_words(std::string_view line);

}  // namespace emu
