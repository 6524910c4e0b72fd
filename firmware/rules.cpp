// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/rules.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/profile_rules.h"
#include "firmware/lpars.h"
#include "firmware/partition.h"

namespace firmware {

namespace {

emu::Status judged(const std::vector<emu::BrokenRule>& broken, const std::string& name) {
  if (broken.empty()) return emu::success();
  return emu::Error{"configuration", fmt::format("Partition {} cannot have {}={}: {}.", name, broken[0].attribute,
                                                 broken[0].value, broken[0].rule)};
}

}  // namespace

emu::Status obeys_rules(const emu::Configuration& configuration, const emu::LparDefinition& of, const emu::FrameConfig& frame) {
  return judged(emu::broken_rules(configuration, of.env, emu::limits_of(frame)), of.name);
}

emu::Status obeys_rules(const emu::LparDefinition& wanted, const emu::LparDefinition* before, const emu::FrameConfig& frame,
                        Partners partners) {
  TRY(judged(emu::broken_rules(wanted), wanted.name));
  for (const emu::Profile& profile : wanted.profiles) {
    const emu::Profile* was = before ? before->profile(profile.name) : nullptr;
    if (was && *was == profile) continue;
    TRY(obeys_rules(profile, wanted, frame));
    if (partners == Partners::settled_later) continue;
    std::vector<emu::VirtualAdapter> had;
    if (was) had = was->adapters;
    if (before && before->current) had.insert(had.end(), before->current->adapters.begin(), before->current->adapters.end());
    TRY(obey_rules(profile.adapters, had, wanted));
  }
  if (wanted.current && (!before || before->current != wanted.current)) return obeys_rules(*wanted.current, wanted, frame);
  return emu::success();
}

emu::Status obey_rules(const std::vector<emu::VirtualAdapter>& adapters, const std::vector<emu::VirtualAdapter>& had,
                       const emu::LparDefinition& of) {
  return judged(emu::broken_partners(adapters, had, of.lpar_id), of.name);
}

emu::Status trunks_differ(const std::vector<emu::VirtualAdapter>& adapters, const std::vector<emu::VirtualAdapter>& had,
                          const emu::LparDefinition& of, const Lpars& lpars, Among among) {
  std::vector<emu::VirtualAdapter> judged;
  for (const emu::VirtualAdapter& each : adapters)
    if (each.is_trunk && std::ranges::count(had, each) == 0) judged.push_back(each);
  for (const auto& [id, lpar] : lpars.all()) {
    const emu::LparDefinition& other = lpar.definition;
    if (id == of.lpar_id || (among == Among::running && !lpar.holds_resources)) continue;
    const emu::Profile* profile = other.profile(other.default_profile);
    const auto clash = other.current ? emu::equal_trunks(judged, other.current->adapters)
                       : profile     ? emu::equal_trunks(judged, profile->adapters)
                                     : std::nullopt;
    if (clash)
      return emu::Error{
          "HSCLF062", fmt::format("The trunk adapter in virtual slot {} of partition {} has trunk priority {} in VLAN {} of the "
                                  "virtual switch {}, and so has the one in slot {} of partition {}. Give one of the two another "
                                  "trunk priority.",
                                  clash->adapter->slot, of.name, clash->adapter->trunk_priority, clash->vlan,
                                  clash->adapter->vswitch, clash->other->slot, other.name)};
  }
  return emu::success();
}

emu::Status pool_may_become(const Lpars& lpars, const emu::ProcessorPool& wanted, const emu::FrameConfig& frame) {
  if (wanted.id >= emu::processor_pools)
    return emu::Error{"configuration", fmt::format("There is no shared-processor pool {}.", wanted.id)};
  if (!emu::is_pool_name(wanted.name)) return emu::Error{"configuration", fmt::format("The {}.", emu::pool_name_rule)};
  const auto all = emu::all_pools(lpars.processor_pools());
  const emu::ProcessorPool& before = all[wanted.id];
  if (wanted.id == emu::default_pool && wanted != before)
    return emu::Error{"HSCLF0C4",
                      fmt::format("The shared-processor pool {} has what the others leave: it cannot be changed.", before.name)};
  for (const emu::ProcessorPool& other : all)
    if (other.id != wanted.id && other.name == wanted.name)
      return emu::Error{"HSCLF0C3", fmt::format("The name {} is in use by another shared-processor pool.", wanted.name)};
  const u32 taken = lpars.pool_units(wanted.id);
  if (wanted.max_units % 100 || wanted.max_units < taken + wanted.reserved_units || wanted.max_units > frame.processors * 100)
    return emu::Error{"HSCLF0C2",
                      fmt::format("The shared-processor pool {} cannot have a maximum of {} processing units: it is a "
                                  "whole number, no less than its partitions have and it reserves, {} and {}, and no "
                                  "more than the system has, {}.",
                                  wanted.name, emu::units_text(wanted.max_units), emu::units_text(taken),
                                  emu::units_text(wanted.reserved_units), frame.processors)};
  const u32 more = wanted.reserved_units - std::min(wanted.reserved_units, before.reserved_units);
  const u32 left = free_units(frame, lpars.usage());
  if (more > left)
    return emu::Error{"HSCL03ED",
                      fmt::format("There are not enough processing units for the shared-processor pool {}: {:.2f} are "
                                  "available.",
                                  wanted.name, left / 100.0)};
  return emu::success();
}

}  // namespace firmware
