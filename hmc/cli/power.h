// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Activation of a partition, as chsysstate does it: one by one, and those of a system profile.

#include "hmc/cli/table.h"

namespace hmc::cli {

// With this profile, of the system that -m names.
Result<int> activate(Call&, u32 lpar_id, const std::string& profile);

}  // namespace hmc::cli
