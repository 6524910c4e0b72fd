// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The attributes of a managed system. (`lssyscfg chsyscfg -r sys`)

#include <optional>
#include <span>

#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct SystemRow {
  const System* system = nullptr;
  u64 wall = 0;  // now: nanoseconds since 1970
};

// What chsyscfg asks for.
struct SystemChange {
  const System& system;
  std::optional<const Lpar*> service;  // null: none
  std::optional<bool> maintenance{};
};

std::span<const Attribute<SystemRow, SystemChange>> system_attributes();

}  // namespace hmc::attributes
