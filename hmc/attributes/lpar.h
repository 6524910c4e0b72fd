// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The attributes of a partition. (`lssyscfg chsyscfg mksyscfg -r lpar`)

#include <span>

#include "hmc/attributes/attribute.h"
#include "hmc/inventory/inventory.h"

namespace hmc::attributes {

struct LparRow {
  const System* system = nullptr;
  const Lpar* lpar = nullptr;
  emu::Current current;
  emu::Profile next;  // what the next activation takes
};

// The row points to both.
LparRow lpar_row(const System&, const Lpar&);

// A partition that is made or changed.
struct LparChange {
  const System& system;
  emu::LparDefinition& definition;
};

std::span<const Attribute<LparRow, LparChange>> lpar_attributes();

}  // namespace hmc::attributes
