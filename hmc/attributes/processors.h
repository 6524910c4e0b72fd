// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Processors of a system and of its partitions. (`lshwres -r proc`)

#include <span>

#include "hmc/attributes/capacity_row.h"

namespace hmc::attributes {

std::span<const Attribute<service::SystemInfo>> system_processors();
std::span<const Attribute<CapacityRow>> lpar_processors();

}  // namespace hmc::attributes
