// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the commands do to system profiles (-r sysprof): each is the part of its command, whose file calls it.

#include "hmc/cli/table.h"

namespace hmc::cli {

Result<int> list_system_profiles(Call&);
Result<int> make_system_profile(Call&, const Data&);
Result<int> change_system_profile(Call&, const Data&);
Result<int> remove_system_profile(Call&);
// Activates it, or says with --test what stands against that, or both.
Result<int> start_system_profile(Call&);

}  // namespace hmc::cli
