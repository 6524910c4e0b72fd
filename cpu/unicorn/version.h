// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which versions of the library will do: CMakeLists.txt and setup ask for the same ones.

#include <string>

#include "emu/core/types.h"

namespace cpu::unicorn {

// As the library tells it: major, minor, patch, and 255 for what is no release candidate, a byte each.
std::string name_of(u32 version);  // Unicorn 2.1.4
std::string trouble_with(u32 version);

}  // namespace cpu::unicorn
