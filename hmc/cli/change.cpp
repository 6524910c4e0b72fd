// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/change.h"

#include <fmt/format.h>

#include "hmc/attributes/names.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

// The pointers stay good: the systems are moved with the vector that holds them.
Result<Target> on_system(Call& call) {
  Target target;
  target.inventory = call.inventory(Detail::lpars);
  target.system = TRY(system_of(call, target.inventory));
  if (!target.system->has_power()) return say("HSCLA228", target.system->name());
  target.link = call.console.link(target.system->frame);
  target.held = TRY(target.link->hold());
  return target;
}

Status claim(Call& call, Target& target) {
  const Lpar& lpar = *target.lpar;
  if (lpar.migrating()) return say("HSCL05DF", lpar.name(), lpar.state());
  const std::string uuid = lpar.info.definition.uuid;
  const std::string name = lpar.name();
  target.claim = TRY(call.console.claims().take(uuid, name, Claims::Kind::in_turn));
  // Another command may have changed it until now.
  target.inventory = call.inventory(Detail::lpars);
  target.system = TRY(system_of(call, target.inventory));
  target.lpar = target.system->with_uuid(uuid);
  if (!target.lpar) return say("HSCL8012", name);
  if (target.lpar->migrating()) return say("HSCL05DF", name, target.lpar->state());
  return emu::success();
}

}  // namespace

Result<SystemTarget> system_target(Call& call) {
  SystemTarget target;
  target.inventory = call.inventory(Detail::systems);
  target.system = TRY(system_of(call, target.inventory));
  target.claim = TRY(call.console.claims().take(target.system->mtms(), target.system->name(), Claims::Kind::in_turn));
  target.link = call.console.link(target.system->frame);
  target.held = TRY(target.link->hold());
  // Another command may have changed it until now.
  target.inventory = call.inventory(Detail::lpars);
  target.system = TRY(system_of(call, target.inventory));
  return target;
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
  if (!target.lpar) return say("HSCL8011", lpar_id);
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
  if (!target.lpar && name.empty()) return say("HSCL8011", *id);
  if (!target.lpar) {
    TRY(attributes::valid_name(name));
    return say("HSCL8012", name);
  }
  if (id && target.lpar->id() != *id) return attributes::wrong_value(id_attribute, std::to_string(*id));
  TRY(claim(call, target));
  return target;
}

Result<GiverAndTaker> giver_and_taker(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const u32 giver_id = TRY(lpar_of(call, *system, "-p"))->id();
  const u32 taker_id = TRY(lpar_of(call, *system, "-t", "--tid"))->id();
  if (giver_id == taker_id) return usage_error("-t, --tid");
  // In one order, whoever gives: two commands in opposite directions take turns then.
  GiverAndTaker both;
  Target& first = giver_id < taker_id ? both.giver : both.taker;
  Target& second = giver_id < taker_id ? both.taker : both.giver;
  first = TRY(target_of(call, std::min(giver_id, taker_id)));
  second = TRY(target_of(call, std::max(giver_id, taker_id)));
  return both;
}

}  // namespace hmc::cli
