// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual adapters as the text of a profile's attributes, and back. (docs/hmc.md, Configuration data)

#include "emu/core/configuration.h"
#include "hmc/attributes/assignment.h"
#include "hmc/attributes/value.h"

namespace hmc::attributes {

// One attribute, and the adapters that it lists.
struct AdapterForm {
  bool (*is)(const emu::VirtualAdapter&);
  std::string (*text)(const emu::VirtualAdapter&);
  bool (*from)(const std::string&, emu::VirtualAdapter&);  // false: not of that form
};
extern const AdapterForm serial_form;
extern const AdapterForm scsi_form;
extern const AdapterForm ethernet_form;
extern const AdapterForm vasi_form;

Value adapters_text(const std::vector<emu::VirtualAdapter>&, const AdapterForm&);  // "none" if there is none
// = replaces all adapters of the form, += adds, -= takes away those in the named slots.
emu::Status to_adapters(std::vector<emu::VirtualAdapter>& into, const AdapterForm&, const Assignment&);

}  // namespace hmc::attributes
