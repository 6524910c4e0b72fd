// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/holds.h"

#include <algorithm>

namespace hmc {

namespace {

emu::Hold& of(std::vector<emu::Hold>& holds, u32 vios_id) {
  const auto found = std::ranges::find(holds, vios_id, &emu::Hold::vios_id);
  if (found != holds.end()) return *found;
  holds.emplace_back().vios_id = vios_id;
  return holds.back();
}

void hold_disks(std::vector<emu::Hold>& holds, u32 vios_id, const ScsiChoice& choice) {
  emu::Hold& hold = of(holds, vios_id);
  for (const auto& target : choice.targets)
    if (!target.udid.empty()) hold.disks.push_back(target.udid);
}

}  // namespace

Holds holds_of(const System& source, const Mapping& mapping, bool active) {
  Holds holds;
  for (const ScsiChoice& choice : mapping.scsi) {
    if (!choice.chosen) continue;
    hold_disks(holds.source, choice.source_vios_id, choice);
    hold_disks(holds.target, choice.chosen->id(), choice);
  }
  if (!active) return holds;
  if (mapping.msp.source) of(holds.source, mapping.msp.source->id()).mover = true;
  if (mapping.msp.target) of(holds.target, mapping.msp.target->id()).mover = true;
  for (const VlanChoice& choice : mapping.vlans) {
    if (choice.chosen) of(holds.target, choice.chosen->id()).vlans.push_back(choice.vlan);
    for (const Lpar& vios : source.lpars)
      if (vios.vios && bridges(*vios.vios, choice.vlan)) of(holds.source, vios.id()).vlans.push_back(choice.vlan);
  }
  return holds;
}

}  // namespace hmc
