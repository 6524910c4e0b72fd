// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Shared-processor pools of a system. (`lshwres -r procpool`, `chhwres -r procpool -o s`; Redbook 5.4)

#include <span>
#include <string>
#include <vector>

#include "emu/core/processor_pool.h"
#include "hmc/attributes/attribute.h"

namespace hmc::attributes {

struct PoolRow {
  emu::ProcessorPool pool;
  std::vector<std::string> lpar_names;
  std::vector<std::string> lpar_ids;
};

std::span<const Attribute<PoolRow, emu::ProcessorPool>> pool_attributes();

}  // namespace hmc::attributes
