// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A partition's memory and processors, as lshwres shows them.

#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct CapacityRow {
  const Lpar* lpar = nullptr;
  emu::Current current;
  emu::Capacity running;  // of the system's memory and processors
  const System* system = nullptr;
};

}  // namespace hmc::attributes
