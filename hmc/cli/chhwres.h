// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Operations of chhwres, one file for each kind of resource.

#include "hmc/cli/table.h"
#include "hmc/dlpar/guest.h"

namespace hmc::cli {

// -w and -d.
dlpar::Patience patience_of(const Options&);
// What a partition is to have, all of it.
service::ChangeCapacity request_for(u32 lpar_id, const emu::Current& wanted);

Result<int> add_memory(Call&);
Result<int> remove_memory(Call&);
Result<int> move_memory(Call&);
Result<int> add_processors(Call&);
Result<int> remove_processors(Call&);
Result<int> move_processors(Call&);
Result<int> set_processors(Call&);
Result<int> set_pool(Call&);
Result<int> add_slot(Call&);
Result<int> remove_slot(Call&);
Result<int> move_slot(Call&);
Result<int> add_logical_port(Call&);
Result<int> remove_logical_port(Call&);
Result<int> set_host_ethernet(Call&);
Result<int> add_virtual_adapter(Call&);
Result<int> remove_virtual_adapter(Call&);
Result<int> set_virtual_adapter(Call&);
Result<int> disable_virtual_adapter(Call&);
Result<int> enable_virtual_adapter(Call&);

}  // namespace hmc::cli
