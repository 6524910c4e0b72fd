// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// On/Off Capacity on Demand of a system. (`lscod -t cap -c onoff`)

#include <span>

#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct OnDemandRow {
  emu::OnDemandState state;  // processors, or MiB
  u64 now = 0;               // nanoseconds since 1970
};

std::span<const Attribute<OnDemandRow>> on_demand_processors();
std::span<const Attribute<OnDemandRow>> on_demand_memory();

}  // namespace hmc::attributes
