// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/change.h"

#include <fmt/format.h>

#include "emu/core/names.h"
#include "emu/core/partner.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

// The pointers stay good: the systems are moved with the vector that holds them.
Result<Target> on_system(Call& call) {
  Target target;
  target.inventory = call.inventory(Detail::lpars);
  target.system = TRY(system_of(call, target.inventory));
  target.link = call.console.link(target.system->frame);
  return target;
}

Status claim(Call& call, Target& target) {
  const Lpar& lpar = *target.lpar;
  if (lpar.migrating()) return say("HSCL05DF", lpar.name(), lpar.state());
  target.claim = TRY(call.console.claims().take(lpar.info.definition.uuid, lpar.name(), Claims::Kind::shared));
  return emu::success();
}

}  // namespace

emu::Status valid_name(const std::string& name) {
  if (!emu::is_partition_name(name))
    return say("HSCL8018", emu::shown_name(std::string_view(name).substr(0, 80)), emu::partition_name_rule);
  return emu::success();
}

emu::Status complete_partners(emu::Profile& profile, const System& system) {
  for (emu::VirtualAdapter& adapter : profile.adapters) {
    if (adapter.kind != emu::AdapterKind::scsi_client && adapter.kind != emu::AdapterKind::scsi_server) continue;
    if (!emu::is_any_partner(adapter.remote_lpar_id)) {
      const Lpar* partner = system.lpar(adapter.remote_lpar_id);
      if (partner && adapter.remote_lpar_name.empty()) adapter.remote_lpar_name = partner->name();
    } else if (!adapter.remote_lpar_name.empty()) {
      const Lpar* partner = system.lpar(adapter.remote_lpar_name);
      if (!partner) return say("HSCL8012", adapter.remote_lpar_name);
      adapter.remote_lpar_id = partner->id();
    }
  }
  return emu::success();
}

Result<Target> target_of(Call& call, std::string_view name_option, std::string_view id_option) {
  Target target = TRY(on_system(call));
  target.lpar = TRY(lpar_of(call, *target.system, name_option, id_option));
  TRY(claim(call, target));
  return target;
}

Result<Target> target_of(Call& call, u32 lpar_id) {
  Target target = TRY(on_system(call));
  target.lpar = target.system->lpar(lpar_id);
  if (!target.lpar) return say("HSCL8013", lpar_id);
  TRY(claim(call, target));
  return target;
}

Result<Target> target_of(Call& call, const Data& data, std::string_view name_attribute, std::string_view id_attribute) {
  Target target = TRY(on_system(call));
  const std::string name = data.text(name_attribute);
  const auto id = parse_number<u32>(data.text(id_attribute));
  if (name.empty() && !data.find(id_attribute)) return usage_error("-i");
  if (data.find(id_attribute) && !id) return usage_error(fmt::format("-i ({})", id_attribute));
  target.lpar = name.empty() ? target.system->lpar(*id) : target.system->lpar(name);
  if (!target.lpar && name.empty()) return say("HSCL8013", *id);
  if (!target.lpar) {
    TRY(valid_name(name));
    return say("HSCL8012", name);
  }
  if (id && target.lpar->id() != *id) return invalid_value(id_attribute, std::to_string(*id));
  TRY(claim(call, target));
  return target;
}

emu::Error invalid_value(std::string_view name, std::string_view value) {
  constexpr size_t enough = 80;
  return {"", fmt::format("An invalid parameter value was entered: {}={}{}. Please check your entry and retry the command.", name,
                          emu::shown_name(value.substr(0, enough)), value.size() > enough ? "..." : "")};
}

emu::Status flag(bool& into, const std::string& value, std::string_view name) {
  if (value != "0" && value != "1") return invalid_value(name, value);
  into = value == "1";
  return emu::success();
}

}  // namespace hmc::cli
