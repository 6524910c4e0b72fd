// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual adapters as the text of a profile's attributes, and back. (docs/hmc.md, Configuration data)

#include "emu/core/configuration.h"
#include "hmc/attributes/assignment.h"
#include "hmc/attributes/value.h"

namespace hmc::attributes {

// The adapters of an attribute's kinds (emu/core/adapter_kinds.h); "none" if there is none.
Value adapters_text(const std::vector<emu::VirtualAdapter>&, std::string_view attribute);
// Of the kinds of the attribute that is assigned to: = replaces all adapters, += adds, -= takes away those in the named slots. The two
// default serial adapters stay.
emu::Status to_adapters(std::vector<emu::VirtualAdapter>& into, const Assignment&);

}  // namespace hmc::attributes
