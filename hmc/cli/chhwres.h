// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Operations of chhwres, one file for each kind of resource.

#include "hmc/cli/table.h"

namespace hmc::cli {

Result<int> add_virtual_adapter(Call&);
Result<int> remove_virtual_adapter(Call&);

}  // namespace hmc::cli
