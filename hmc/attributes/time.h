// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Times as the HMC prints them.

#include <string>

#include "emu/core/types.h"

namespace hmc::attributes {

// MM/DD/YYYY HH:MM:SS of nanoseconds since 1970.
std::string time_text(u64 wall);

}  // namespace hmc::attributes
