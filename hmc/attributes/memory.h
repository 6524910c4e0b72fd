// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Memory of a system and of its partitions. (`lshwres -r mem`)

#include <span>

#include "hmc/attributes/capacity_row.h"

namespace hmc::attributes {

// What is changed: the requested number of huge pages.
std::span<const Attribute<service::SystemInfo, u32>> system_memory();
std::span<const Attribute<CapacityRow>> lpar_memory();

}  // namespace hmc::attributes
