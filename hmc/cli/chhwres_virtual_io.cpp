// SPDX-License-Identifier: GPL-2.0-or-later
// chhwres -r virtualio: virtual adapters of a partition that runs.
#include <algorithm>

#include <fmt/format.h>

#include "emu/core/location_code.h"
#include "emu/core/profile_rules.h"
#include "emu/core/virtual_slots.h"
#include "hmc/attributes/partners.h"
#include "hmc/attributes/profile.h"
#include "hmc/attributes/virtual_io.h"
#include "hmc/cli/change.h"
#include "hmc/cli/chhwres.h"
#include "hmc/lpm/checks.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

using attributes::AdapterKinds;

Result<const AdapterKinds*> kinds_of(const Call& call) {
  const auto kinds = attributes::adapter_kinds();
  const auto found = std::ranges::find(kinds, call.options.value("--rsubtype"), &AdapterKinds::rsubtype);
  if (found == kinds.end() || !found->added) return usage_error("--rsubtype");
  return &*found;
}

// -s, if it is there.
Result<std::optional<u32>> wanted_slot(const Call& call) {
  const auto slot = call.options.number("-s");
  if (call.options.has("-s") && !slot) return usage_error("-s");
  if (slot && *slot < emu::first_virtual_slot) return say("HSCLF030");
  return slot;
}

emu::Status takes_part(const Call& call, const Lpar& lpar) {
  if (lpar.off() || lpar.failed()) return say("HSCL05DF", lpar.name(), state_of(lpar.info));
  if (lpar.rmc != RmcState::active && !call.options.has("--force")) return say("HSCL2957", lpar.name());
  return emu::success();
}

// As its device tree calls the slot. (ibm,drc-names)
std::string connector_name(const Target& target, u32 slot) {
  const auto& system = target.system->info;
  return emu::slot_location(system.type_model, system.serial_num, target.lpar->id(), slot);
}

// The operating system of a guest takes what is in the slot, or gives it back. A Virtual I/O Server looks for itself (cfgdev, rmdev).
Status tell_guest(Call& call, const Target& target, std::string_view direction, u32 slot) {
  const auto answer =
      dlpar::run_drmgr(call.console, *target.lpar, fmt::format("-c slot -s {} {}", connector_name(target, slot), direction),
                       patience_of(call.options));
  if (!answer) return answer.error();
  if (answer->status != 0) return Error{"rmc-refused", dlpar::words_of(answer)};
  return emu::success();
}

Result<u32> slot_of(const Call& call) {
  const auto slot = TRY(wanted_slot(call));
  if (!slot) return usage_error("-s");
  return *slot;
}

// What the partition has now in the slot.
Result<emu::VirtualAdapter> adapter_in(const Lpar& lpar, const AdapterKinds& kinds, u32 slot) {
  const auto current = current_configuration(lpar);
  const auto found = std::ranges::find(current.adapters, slot, &emu::VirtualAdapter::slot);
  if (found == current.adapters.end() || !attributes::lists(kinds, found->kind))
    return say("HSCLF231", slot, lpar.name(), kinds.resource);
  return *found;
}

// The hypervisor's matter alone: the operating system goes on with the adapter that it has.
template <class Change>
Result<int> change_adapter(Call& call, const AdapterKinds& kinds, const Change& change) {
  const u32 slot = TRY(slot_of(call));
  const Target target = TRY(target_of(call, "-p"));
  const Lpar& lpar = *target.lpar;
  if (lpar.off() || lpar.failed()) return say("HSCL05DF", lpar.name(), state_of(lpar.info));
  const emu::VirtualAdapter had = TRY(adapter_in(lpar, kinds, slot));
  emu::VirtualAdapter wanted = had;
  TRY(change(target, wanted));
  if (wanted == had) return 0;
  emu::Configuration changed = current_configuration(lpar);
  *std::ranges::find(changed.adapters, slot, &emu::VirtualAdapter::slot) = wanted;
  TRY(attributes::obeys(changed, lpar.info.definition.env, target.system->info));
  TRY(ask(*target.link, service::SetEthernet{lpar.id(), slot, wanted.addl_vlan_ids, wanted.disabled}));
  return 0;
}

Result<int> let_pass(Call& call, bool enabled) {
  const AdapterKinds& kinds = *TRY(kinds_of(call));
  if (kinds.added != emu::AdapterKind::ethernet) return usage_error("--rsubtype");
  return change_adapter(call, kinds, [&](const Target&, emu::VirtualAdapter& adapter) {
    adapter.disabled = !enabled;
    return emu::success();
  });
}

}  // namespace

Result<int> add_virtual_adapter(Call& call) {
  const AdapterKinds& kinds = *TRY(kinds_of(call));
  const Data data = call.options.has("-a") ? TRY(Data::parse(call.options.value("-a"))) : Data();
  if (kinds.rsubtype == "scsi" && !data.find("adapter_type")) return usage_error("-a (adapter_type)");
  const auto wanted = TRY(wanted_slot(call));
  const Target target = TRY(target_of(call, "-p"));
  const Lpar& lpar = *target.lpar;
  TRY(takes_part(call, lpar));
  const emu::LparDefinition& definition = lpar.info.definition;
  emu::Configuration changed = current_configuration(lpar);
  const std::vector<emu::VirtualAdapter> before = changed.adapters;

  const auto taken = [&](u32 slot) { return emu::slot_taken(definition, before, slot); };
  const auto slot = wanted ? wanted : emu::next_free_slot(changed.max_virtual_slots, taken);
  if (!slot) return say("HSCLF230", lpar.name(), changed.max_virtual_slots);
  if (emu::slot_taken(before, *slot)) return say("HSCLF031", *slot, lpar.name());
  emu::VirtualAdapter& adapter = changed.adapters.emplace_back();
  adapter.kind = *kinds.added;
  adapter.slot = *slot;
  TRY(attributes::assign(kinds.attributes, attributes::By::adding, data.all(), adapter, [&] {
    return attributes::AdapterRow{target.system, &lpar, adapter, ""};
  }));
  TRY(attributes::complete_partners(changed.adapters, before, *target.system, definition));
  TRY(attributes::obeys(changed, definition.env, target.system->info));
  if (const auto broken = emu::broken_partners(changed.adapters, before, definition.lpar_id); !broken.empty())
    return attributes::breaks_rule(broken[0].attribute, broken[0].value, broken[0].rule);
  TRY(ask(*target.link, service::AddAdapter{lpar.id(), adapter}));
  if (lpar.is_vios() || lpar.rmc != RmcState::active) return 0;
  const Status told = tell_guest(call, target, "-a", *slot);
  if (told) return 0;
  // What it has not taken is not left behind; a partition that is off by now has what its profile says.
  const auto pulled = ask(*target.link, service::RemoveAdapter{lpar.id(), *slot});
  return pulled || pulled.error().code == "HSCL05DF" ? say("HSCLF02D", *slot, lpar.name(), told.error().text)
                                                     : say("HSCLF02E", *slot, lpar.name(), told.error().text);
}

Result<int> remove_virtual_adapter(Call& call) {
  const AdapterKinds& kinds = *TRY(kinds_of(call));
  const u32 slot = TRY(slot_of(call));
  const Target target = TRY(target_of(call, "-p"));
  const Lpar& lpar = *target.lpar;
  TRY(takes_part(call, lpar));
  TRY(adapter_in(lpar, kinds, slot));
  const service::RemoveAdapter request{lpar.id(), slot};
  const auto pulled = ask(*target.link, request);
  if (pulled) return 0;
  if (pulled.error().code != "slot-taken" || lpar.rmc != RmcState::active) return pulled.error();
  const Status told = tell_guest(call, target, "-r", slot);
  // It may have given it back all the same.
  const auto pulled_now = ask(*target.link, request);
  if (pulled_now) return 0;
  if (pulled_now.error().code != "slot-taken") return pulled_now.error();
  return say("HSCL2929", told ? pulled_now.error().text : told.error().text);
}

Result<int> set_virtual_adapter(Call& call) {
  const AdapterKinds& kinds = *TRY(kinds_of(call));
  if (!call.options.has("-a")) return usage_error("-a");
  const Data data = TRY(Data::parse(call.options.value("-a")));
  return change_adapter(call, kinds, [&](const Target& target, emu::VirtualAdapter& adapter) {
    return attributes::assign(kinds.attributes, attributes::By::setting, data.all(), adapter, [&] {
      return attributes::AdapterRow{target.system, target.lpar, adapter, ""};
    });
  });
}

Result<int> disable_virtual_adapter(Call& call) { return let_pass(call, false); }
Result<int> enable_virtual_adapter(Call& call) { return let_pass(call, true); }

}  // namespace hmc::cli
