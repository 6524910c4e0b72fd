// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/virtual_io.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/location_code.h"
#include "emu/core/partner.h"
#include "emu/core/text.h"
#include "emu/core/virtual_slots.h"
#include "hmc/attributes/list.h"

namespace hmc::attributes {

namespace {

using emu::AdapterKind;
using Adapter = const AdapterRow&;
constexpr Shown always = Shown::always;

const AdapterKinds& listing_of(AdapterKind);

Value remote_id(Adapter r) { return Value(emu::partner_text(r.adapter.remote_lpar_id)); }
Value remote_slot(Adapter r) { return Value(emu::partner_text(r.adapter.remote_slot)); }
Value remote_name(Adapter r) {
  // By the ID, because the partition may have been renamed since.
  const Lpar* remote = r.system->lpar(r.adapter.remote_lpar_id);
  return Value(remote ? remote->name() : r.adapter.remote_lpar_name);
}

// ---- how an adapter that is added gets them ----

template <auto to, auto member>
emu::Status set_field(emu::VirtualAdapter& adapter, const Assignment& assignment) {
  return to(adapter.*member, assignment);
}
template <auto member>
emu::Status set_partner(emu::VirtualAdapter& adapter, const Assignment& assignment) {
  const auto partner = emu::partner_from(assignment.text);
  if (!partner) return wrong_value(assignment);
  adapter.*member = *partner;
  return emu::success();
}
emu::Status set_end(emu::VirtualAdapter& adapter, const Assignment& assignment) {
  if (assignment.text != "client" && assignment.text != "server") return wrong_value(assignment);
  adapter.kind = assignment.text == "client" ? AdapterKind::scsi_client : AdapterKind::scsi_server;
  return emu::success();
}
emu::Status set_trunk(emu::VirtualAdapter& adapter, const Assignment& assignment) {
  TRY(to_flag(adapter.is_trunk, assignment));
  if (adapter.is_trunk && adapter.trunk_priority == 0) adapter.trunk_priority = 1;
  return emu::success();
}
emu::Result<u16> vlan_from(const std::string& text, const Assignment& assignment) {
  const auto vlan = emu::parse_number<u16>(text);
  if (!vlan) return wrong_value(assignment);
  return *vlan;
}
emu::Status set_vlan(emu::VirtualAdapter& adapter, const Assignment& assignment) {
  adapter.port_vlan_id = TRY(vlan_from(assignment.text, assignment));
  return emu::success();
}
emu::Status set_vlans(emu::VirtualAdapter& adapter, const Assignment& assignment) {
  std::vector<u16> named;
  const auto entries = TRY(entries_of(assignment));
  for (const std::string& entry : entries) named.push_back(TRY(vlan_from(entry, assignment)));
  auto& vlans = adapter.addl_vlan_ids;
  if (assignment.change == Change::set) vlans.clear();
  if (assignment.change != Change::remove) vlans.insert(vlans.end(), named.begin(), named.end());
  if (assignment.change == Change::remove)
    for (const u16 vlan : named)
      if (std::erase(vlans, vlan) == 0) return breaks_rule(assignment.name + "-", assignment.text, "the adapter has them");
  return emu::success();
}

// ---- what all kinds have ----

constexpr AdapterAttribute lpar_name{
    {"lpar_name", always, [](Adapter r) { return Value(r.lpar->name()); }}, Type::text, "The partition's name.", Settable::names};
constexpr AdapterAttribute lpar_id{
    {"lpar_id", always, [](Adapter r) { return Value(r.lpar->id()); }}, Type::number, "The partition's ID.", Settable::names};
constexpr AdapterAttribute slot_num{
    {"slot_num", always, [](Adapter r) { return Value(r.adapter.slot); }}, Type::number, "The virtual slot.", Settable::names};
constexpr AdapterAttribute state{{"state", always, [](Adapter r) { return Value(!r.lpar->off() && !r.adapter.disabled); }},
                                 Type::flag,
                                 "Whether its partition is activated, and it is not disabled."};
// The two default serial adapters are, whatever a profile of an older version says.
constexpr AdapterAttribute is_required{
    {"is_required", always, [](Adapter r) { return Value(r.adapter.required || r.adapter.slot < emu::first_virtual_slot); }},
    Type::flag,
    "Whether an activation fails without it."};

// ---- each kind ----

constexpr AdapterAttribute scsi[] = {
    lpar_name,
    lpar_id,
    slot_num,
    state,
    is_required,
    {{"adapter_type", always,
      [](Adapter r) { return Value(emu::row_of(r.adapter.kind).end == emu::End::client ? "client" : "server"); }},
     Type::word,
     "client or server.",
     Settable::added,
     set_end},
    {{"remote_lpar_id", always, remote_id},
     Type::number,
     "The other end's partition, or any.",
     Settable::added,
     set_partner<&emu::VirtualAdapter::remote_lpar_id>},
    {{"remote_lpar_name", always, remote_name},
     Type::text,
     "The other end's partition.",
     Settable::added,
     set_field<to_text, &emu::VirtualAdapter::remote_lpar_name>},
    {{"remote_slot_num", always, remote_slot},
     Type::number,
     "The other end's slot, or any.",
     Settable::added,
     set_partner<&emu::VirtualAdapter::remote_slot>},
    {{"backing_devices", Shown::on_request, [](Adapter r) { return Value(r.backing.empty() ? "none" : r.backing); }},
     Type::list,
     "lun/virtual target device/backing device, of a server adapter."},
};

constexpr AdapterAttribute eth[] = {
    lpar_name,
    lpar_id,
    slot_num,
    state,
    is_required,
    {{"is_trunk", always, [](Adapter r) { return Value(r.adapter.is_trunk); }},
     Type::flag,
     "Whether it bridges to a physical network.",
     Settable::added,
     set_trunk},
    {{"trunk_priority", always, [](Adapter r) { return r.adapter.is_trunk ? Value(r.adapter.trunk_priority) : Value::absent(); }},
     Type::number,
     "Which of several trunk adapters does.",
     Settable::added,
     set_field<to_number, &emu::VirtualAdapter::trunk_priority>},
    {{"ieee_virtual_eth", always, [](Adapter r) { return Value(!r.adapter.addl_vlan_ids.empty()); }},
     Type::flag,
     "Whether it sends tagged packets."},
    {{"port_vlan_id", always, [](Adapter r) { return Value(u32{r.adapter.port_vlan_id}); }},
     Type::number,
     "VLAN of untagged packets.",
     Settable::added,
     set_vlan},
    {{"vswitch", always, [](Adapter r) { return Value(r.adapter.vswitch); }, since_v7r7},
     Type::text,
     "The virtual Ethernet switch.",
     Settable::added,
     set_field<to_text, &emu::VirtualAdapter::vswitch>},
    {{"addl_vlan_ids", always,
      [](Adapter r) {
        std::vector<std::string> vlans;
        for (const u16 vlan : r.adapter.addl_vlan_ids) vlans.push_back(std::to_string(vlan));
        return Value(list_text(vlans));
      }},
     Type::list,
     "VLANs of tagged packets.",
     Settable::running,
     set_vlans},
    {{"mac_addr", always, [](Adapter r) { return Value(r.adapter.mac_addr); }},
     Type::text,
     "12 hexadecimal digits.",
     Settable::added,
     set_field<to_text, &emu::VirtualAdapter::mac_addr>},
    {{"allowed_os_mac_addrs", always, [](Adapter) { return Value("all"); }, since_v7r7},
     Type::list,
     "Which addresses the operating system may give it."},
    {{"qos_priority", always, [](Adapter) { return Value("none"); }, since_v7r7}, Type::word, "Priority of what it sends."},
};

constexpr AdapterAttribute serial[] = {
    lpar_name,
    lpar_id,
    slot_num,
    state,
    is_required,
    {{"connect_status", always,
      [](Adapter r) { return Value(r.lpar->info.vterm_holder.empty() || r.adapter.slot != 0 ? "unavailable" : "connected"); }},
     Type::word,
     "Whether a virtual terminal is open."},
    {{"adapter_type", always, [](Adapter) { return Value("server"); }}, Type::word, "client or server."},
    {{"supports_hmc", always, [](Adapter r) { return Value(r.adapter.slot < 2); }},
     Type::flag,
     "Whether the console may open a virtual terminal."},
    {{"remote_lpar_id", always, [](Adapter) { return Value("any"); }}, Type::number, "The other end's partition, or any."},
    {{"remote_lpar_name", always, [](Adapter) { return Value(""); }}, Type::text, "The other end's partition."},
    {{"remote_slot_num", always, [](Adapter) { return Value("any"); }}, Type::number, "The other end's slot, or any."},
};

// Redbook 5.6.3
constexpr AdapterAttribute vasi[] = {
    lpar_name,
    lpar_id,
    slot_num,
};

constexpr AdapterAttribute any_kind[] = {
    slot_num,
    lpar_name,
    lpar_id,
    {{"config", always, [](Adapter r) { return Value(listing_of(r.adapter.kind).config); }}, Type::word, "What is in the slot."},
    state,
    {{"drc_name", always,
      [](Adapter r) {
        const service::SystemInfo& system = r.system->info;
        return Value(emu::slot_location(system.type_model, system.serial_num, r.lpar->id(), r.adapter.slot));
      }},
     Type::text,
     "Location code of the slot."},
};

constexpr Attribute<SlotsRow> slots[] = {
    {{"lpar_name", always, [](const SlotsRow& r) { return Value(r.lpar->name()); }},
     Type::text,
     "The partition's name.",
     Settable::names},
    {{"lpar_id", always, [](const SlotsRow& r) { return Value(r.lpar->id()); }},
     Type::number,
     "The partition's ID.",
     Settable::names},
    {{"curr_max_virtual_slots", always, [](const SlotsRow& r) { return Value(r.lpar->off() ? 0 : r.current.max_virtual_slots); }},
     Type::number,
     "The current configuration's virtual slots."},
    {{"pend_max_virtual_slots", always, [](const SlotsRow& r) { return Value(r.current.max_virtual_slots); }},
     Type::number,
     "Virtual slots when all changes are done."},
    {{"next_avail_virtual_slot", always,
      [](const SlotsRow& r) {
        const auto taken = [&](u32 slot) { return emu::slot_taken(r.lpar->info.definition, r.current.adapters, slot); };
        const auto next = emu::next_free_slot(r.current.max_virtual_slots, taken);
        return next ? Value(*next) : Value("none");
      }},
     Type::number,
     "The first that is free."},
};

constexpr Attribute<SwitchRow> switches[] = {
    {{"vswitch", always, [](const SwitchRow& r) { return Value(r.name); }},
     Type::text,
     "The virtual Ethernet switch.",
     Settable::names},
    {{"switch_mode", always, [](const SwitchRow&) { return Value("VEB"); }},
     Type::word,
     "VEB: packets between partitions stay inside."},
};

constexpr Attribute<NetworkRow> networks[] = {
    {{"vnetwork", always, [](const NetworkRow& r) { return Value(fmt::format("VLAN{}-{}", r.vlan, r.vswitch)); }},
     Type::text,
     "The virtual network.",
     Settable::names},
    {{"is_tagged", always, [](const NetworkRow& r) { return Value(r.tagged); }}, Type::flag, "Whether its packets have a tag."},
    {{"vswitch", always, [](const NetworkRow& r) { return Value(r.vswitch); }}, Type::text, "The virtual Ethernet switch."},
    {{"vlan_id", always, [](const NetworkRow& r) { return Value(u32{r.vlan}); }}, Type::number, "The VLAN."},
};

constexpr AdapterKinds kinds[] = {
    {"scsi", "a virtual SCSI adapter", "lshwres -r virtualio --rsubtype scsi", "virtual_scsi_adapters", "scsi", scsi,
     AdapterKind::scsi_client},
    {"eth", "a virtual Ethernet adapter", "lshwres -r virtualio --rsubtype eth", "virtual_eth_adapters", "ethernet", eth,
     AdapterKind::ethernet},
    {"serial", "a virtual serial adapter", "lshwres -r virtualio --rsubtype serial", "virtual_serial_adapters", "serial", serial,
     AdapterKind::serial},
    {"vasi", "a VASI", "lshwres -r virtualio --rsubtype vasi", "virtual_vasi_adapters", "vasi", vasi, AdapterKind::vasi},
    {"slot", "a virtual slot", "lshwres -r virtualio --rsubtype slot --level slot", every_attribute, "", any_kind},
    // SIMPLIFIED: there is no virtual fibre channel; the list is always empty.
    {"fc", "a virtual fibre channel adapter", "lshwres -r virtualio --rsubtype fc", "virtual_fc_adapters", "fc", scsi},
};
static_assert(emu::one_row_for_each_attribute(kinds));

const AdapterKinds& listing_of(AdapterKind kind) {
  return *std::ranges::find(kinds, emu::row_of(kind).attribute, &AdapterKinds::attribute);
}

}  // namespace

std::span<const AdapterKinds> adapter_kinds() { return kinds; }
bool lists(const AdapterKinds& listing, AdapterKind kind) {
  return listing.attribute == every_attribute || listing.attribute == emu::row_of(kind).attribute;
}
std::span<const Attribute<SlotsRow>> slots_attributes() { return slots; }
std::span<const Attribute<SwitchRow>> switch_attributes() { return switches; }
std::span<const Attribute<NetworkRow>> network_attributes() { return networks; }

}  // namespace hmc::attributes
