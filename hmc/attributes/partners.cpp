// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/partners.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/partner.h"
#include "hmc/attributes/assignment.h"
#include "hmc/messages.h"

namespace hmc::attributes {

emu::Status complete_partners(std::vector<emu::VirtualAdapter>& adapters, const std::vector<emu::VirtualAdapter>& before,
                              const System& system, const emu::LparDefinition& of) {
  for (emu::VirtualAdapter& adapter : adapters) {
    const emu::AdapterKindRow& row = emu::row_of(adapter.kind);
    if (row.end == emu::End::none || std::ranges::count(before, adapter)) continue;
    // The partition that is being made is none of the system's yet.
    const auto known = [&](auto which, const auto& own) -> std::optional<std::pair<u32, std::string>> {
      if (which == own) return std::pair(of.lpar_id, of.name);
      const Lpar* lpar = system.lpar(which);
      return lpar ? std::optional(std::pair(lpar->id(), lpar->name())) : std::nullopt;
    };
    std::string& name = adapter.remote_lpar_name;
    if (!emu::is_any_partner(adapter.remote_lpar_id)) {
      const auto by_id = known(adapter.remote_lpar_id, of.lpar_id);
      if (name.empty() && by_id) name = by_id->second;
      const auto by_name = known(std::string_view(name), std::string_view(of.name));
      if ((by_id && by_id->second != name) || (by_name && by_name->first != adapter.remote_lpar_id)) {
        emu::Error error = wrong_value(row.attribute, std::to_string(adapter.slot));
        error.text += fmt::format(" The rule is: {} is not the name of partition {}.", name, adapter.remote_lpar_id);
        return error;
      }
    } else if (!name.empty()) {
      const auto by_name = known(std::string_view(name), std::string_view(of.name));
      if (!by_name) return say("HSCL8012", name);
      adapter.remote_lpar_id = by_name->first;
    }
  }
  return emu::success();
}

}  // namespace hmc::attributes
