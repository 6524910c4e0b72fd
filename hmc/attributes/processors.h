// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Processors of a system and of its partitions. (`lshwres -r proc`)

#include <span>

#include "hmc/attributes/capacity_row.h"

namespace hmc::attributes {

std::span<const Attribute<service::SystemInfo>> system_processors();
std::span<const Attribute<CapacityRow>> lpar_processors();

// What chhwres -r proc -o s changes of a partition that runs.
struct ProcessorShare {
  emu::SharingMode sharing_mode = emu::SharingMode::uncap;
  u32 uncap_weight = 0;
};
std::span<const Attribute<ProcessorShare>> processor_share();

}  // namespace hmc::attributes
