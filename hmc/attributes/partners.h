// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The partners that virtual adapters name.

#include <vector>

#include "emu/core/result.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

// A partner that was given by name or by ID has both. One that is given by both is one partition; by its ID, it need not be there yet.
// Of the adapters of the partition `of`; those that were there `before` stay as they are.
emu::Status complete_partners(std::vector<emu::VirtualAdapter>& adapters, const std::vector<emu::VirtualAdapter>& before,
                              const System&, const emu::LparDefinition& of);

}  // namespace hmc::attributes
