// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The secret of a lab, by which the operating systems of its partitions know their HMC.

#include <string>
#include <string_view>

#include "emu/core/result.h"

namespace emu {

// 32 hexadecimal digits, out of the file, which is this user's alone; made of the kernel's random bytes if there is none.
Result<std::string> lab_secret(const std::string& file);

// Takes the same time wherever they differ.
bool same_secret(std::string_view, std::string_view);

}  // namespace emu
