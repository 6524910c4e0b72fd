// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Every instruction that a partition executes, one line each, appended to a file: `twinframe up --trace`. Very slow.

#include <functional>
#include <string>

#include "emu/core/types.h"

namespace firmware {

// For one processor. Lines of several processors and partitions share the file. Empty if there is no file to write.
std::function<void(const std::string&)> trace_to(const std::string& file, u32 lpar_id, u32 processor);

}  // namespace firmware
