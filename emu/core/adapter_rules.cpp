// SPDX-License-Identifier: GPL-2.0-or-later
// The rules of virtual adapters, kind by kind.
#include "emu/core/profile_rules.h"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/names.h"
#include "emu/core/partner.h"
#include "emu/core/virtual_slots.h"

namespace emu {

namespace {

constexpr u32 any = 65535;  // partition, or slot
constexpr u32 last_vlan = 4094;
constexpr size_t most_vlans = 20;  // beside the adapter's own
constexpr u32 most_trunk_priority = 15;

// Letters, digits and _ : the texts of adapters are parted by / and by commas.
bool is_switch_name(std::string_view name) {
  return !name.empty() && name.size() <= 31 && std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
  });
}

bool is_mac(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789ABCDEF") == text.npos &&
         std::string_view("02468ACE").find(text[1]) != std::string_view::npos;
}

struct Judged {
  const VirtualAdapter& is;
  LparEnv env;
  std::vector<BrokenRule>& broken;

  void wrong(std::string_view attribute, std::string value, std::string rule) const {
    broken.push_back({std::string(attribute), std::move(value), std::move(rule)});
  }
  void number(std::string_view attribute, u64 value, std::string rule) const {
    wrong(attribute, std::to_string(value), std::move(rule));
  }
  void slot(std::string rule) const { number("slot", is.slot, std::move(rule)); }
};

void nothing(const Judged&) {}

void ethernet(const Judged& j) {
  const VirtualAdapter& a = j.is;
  const auto is_vlan = [](u16 vlan) { return vlan >= 1 && vlan <= last_vlan; };
  const std::string rule = fmt::format("a VLAN is 1 to {}", last_vlan);
  if (!is_vlan(a.port_vlan_id)) j.number("port_vlan_id", a.port_vlan_id, rule);
  std::set<u16> vlans{a.port_vlan_id};
  for (const u16 vlan : a.addl_vlan_ids) {
    if (!is_vlan(vlan)) j.number("addl_vlan_ids", vlan, rule);
    if (!vlans.insert(vlan).second) j.number("addl_vlan_ids", vlan, "each VLAN of an adapter stands once");
  }
  if (a.addl_vlan_ids.size() > most_vlans)
    j.number("addl_vlan_ids", a.addl_vlan_ids.size(), fmt::format("an adapter has at most {} additional VLANs", most_vlans));
  if (a.trunk_priority > most_trunk_priority || a.is_trunk != (a.trunk_priority > 0))
    j.number("trunk_priority", a.trunk_priority,
             fmt::format("a trunk adapter has a priority of 1 to {}, another one has 0", most_trunk_priority));
  if (a.is_trunk && j.env != LparEnv::vioserver) j.slot("only a Virtual I/O Server has trunk adapters");
  if (!is_switch_name(a.vswitch))
    j.wrong("vswitch", a.vswitch, "the name of a virtual switch has 1 to 31 letters, digits, dots, - and _");
  if (!a.mac_addr.empty() && !is_mac(a.mac_addr))
    j.wrong("mac_addr", a.mac_addr, "a MAC address has 12 hex digits and nothing between them, and is no group's");
}

void scsi(const Judged& j) {
  const VirtualAdapter& a = j.is;
  if (a.remote_lpar_id > lpar_limit && a.remote_lpar_id != any)
    j.number("remote_lpar", a.remote_lpar_id, fmt::format("a partition's ID is 1 to {}, or any", lpar_limit));
  if (!a.remote_lpar_name.empty() && !is_partition_name(a.remote_lpar_name))
    j.wrong("remote_lpar", a.remote_lpar_name, std::string(partition_name_rule));
  if (!is_any_partner(a.remote_slot) && (a.remote_slot < first_virtual_slot || a.remote_slot >= virtual_slot_limit))
    j.number("remote_slot", a.remote_slot,
             fmt::format("an adapter's slot is {} to {}, or any", first_virtual_slot, virtual_slot_limit - 1));
}

struct Rules {
  AdapterKind kind;
  void (*judge)(const Judged&);
};
constexpr Rules rules[] = {
    {AdapterKind::serial, nothing},    {AdapterKind::scsi_client, scsi}, {AdapterKind::scsi_server, scsi},
    {AdapterKind::ethernet, ethernet}, {AdapterKind::vasi, nothing},
};
static_assert(one_row_for_each_kind(rules));

}  // namespace

std::vector<BrokenRule> broken_rules(const VirtualAdapter& adapter, LparEnv env) {
  std::vector<BrokenRule> broken;
  const Judged judged{adapter, env, broken};
  const AdapterKindRow& row = row_of(adapter.kind);
  if (adapter.kind != AdapterKind::serial && adapter.slot < first_virtual_slot)
    judged.slot("slots 0 and 1 are those of the default serial adapters");
  if (!may_have(env, adapter.kind))
    judged.slot(fmt::format("{} has virtual {} adapters",
                            env == LparEnv::vioserver ? "no Virtual I/O Server" : "only a Virtual I/O Server", row.name));
  row_of(adapter.kind, rules).judge(judged);
  return broken;
}

std::optional<u16> shared_vlan(const VirtualAdapter& a, const VirtualAdapter& b) {
  if (!a.is_trunk || !b.is_trunk || a.vswitch != b.vswitch) return std::nullopt;
  const auto carries = [](const VirtualAdapter& adapter, u16 vlan) {
    return adapter.port_vlan_id == vlan || std::ranges::count(adapter.addl_vlan_ids, vlan) > 0;
  };
  if (carries(b, a.port_vlan_id)) return a.port_vlan_id;
  for (const u16 vlan : a.addl_vlan_ids)
    if (carries(b, vlan)) return vlan;
  return std::nullopt;
}

std::optional<TrunkClash> equal_trunks(const std::vector<VirtualAdapter>& adapters, const std::vector<VirtualAdapter>& others) {
  for (const VirtualAdapter& each : adapters)
    for (const VirtualAdapter& other : others)
      if (const auto vlan = shared_vlan(each, other); vlan && each.trunk_priority == other.trunk_priority)
        return TrunkClash{&each, &other, *vlan};
  return std::nullopt;
}

std::vector<BrokenRule> broken_partners(const std::vector<VirtualAdapter>& adapters, const std::vector<VirtualAdapter>& before,
                                        u32 lpar_id) {
  std::vector<BrokenRule> broken;
  std::set<std::tuple<End, u32, u32>> partners;
  // What stays as it is comes first: the others are those that come too late.
  std::vector<const VirtualAdapter*> in_order;
  const auto stays = [&](const VirtualAdapter* each) { return std::ranges::count(before, *each) > 0; };
  for (const VirtualAdapter& each : adapters) in_order.push_back(&each);
  std::ranges::stable_partition(in_order, stays);
  for (const VirtualAdapter* each : in_order) {
    const AdapterKindRow& row = row_of(each->kind);
    for (const VirtualAdapter* other : in_order) {
      if (other == each || stays(each)) break;  // only those before it
      if (const auto vlan = shared_vlan(*each, *other))
        broken.push_back(
            {std::string(row.attribute), std::to_string(each->slot),
             fmt::format("slot {} has a trunk adapter of VLAN {} on switch {} already", other->slot, *vlan, each->vswitch)});
    }
    if (row.end == End::none) continue;
    const auto wrong = [&](std::string rule) {
      broken.push_back({std::string(row.attribute), std::to_string(each->slot), std::move(rule)});
    };
    const bool open = is_any_partner(each->remote_lpar_id) || is_any_partner(each->remote_slot);
    const bool twice = !open && !partners.emplace(row.end, each->remote_lpar_id, each->remote_slot).second;
    if (stays(each)) continue;
    if (twice)
      wrong(fmt::format("an adapter of this partition is a {} of slot {} of partition {} already",
                        row.end == End::server ? "server" : "client", each->remote_slot, each->remote_lpar_id));
    if (lpar_id && each->remote_lpar_id == lpar_id) wrong("a partition is not its own partner");
    if (row.end == End::client && open)
      wrong(fmt::format("a virtual {} adapter names one partition and one slot, not any", row.name));
  }
  return broken;
}

}  // namespace emu
