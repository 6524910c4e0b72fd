// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/adapter_text.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/partner.h"
#include "emu/core/text.h"
#include "emu/core/virtual_slots.h"
#include "hmc/attributes/list.h"

namespace hmc::attributes {

using emu::AdapterKind;
using emu::parse_number;
using emu::VirtualAdapter;

namespace {

std::string serial_text(const VirtualAdapter& a) {
  // slot/server/supports_hmc/remote id/remote name/remote slot/required: the HMC's terminal is the only client here.
  return fmt::format("{}/server/1/any//any/{}", a.slot, a.required || a.slot < 2 ? 1 : 0);
}
std::string scsi_text(const VirtualAdapter& a) {
  return fmt::format("{}/{}/{}/{}/{}/{}", a.slot, emu::row_of(a.kind).end == emu::End::client ? "client" : "server",
                     emu::partner_text(a.remote_lpar_id), a.remote_lpar_name, emu::partner_text(a.remote_slot),
                     a.required ? 1 : 0);
}
std::string ethernet_text(const VirtualAdapter& a) {
  // slot/ieee/port vlan/additional vlans/trunk priority/required/vswitch/address if it was chosen/addresses that the operating system may
  // give it/priority of what it sends
  std::string additional;
  for (const u16 vlan : a.addl_vlan_ids) additional += (additional.empty() ? "" : ",") + std::to_string(vlan);
  return fmt::format("{}/{}/{}/{}/{}/{}/{}//all/none", a.slot, a.addl_vlan_ids.empty() ? 0 : 1, a.port_vlan_id, additional,
                     a.is_trunk ? a.trunk_priority : 0, a.required ? 1 : 0, a.vswitch);
}
std::string vasi_text(const VirtualAdapter& a) { return std::to_string(a.slot); }

bool read(const std::string& text, u32& to) {
  const auto number = parse_number<u32>(text);
  to = number.value_or(0);
  return number.has_value();
}
bool read(const std::string& text, bool& to) {
  to = text == "1";
  return to || text == "0";
}
bool read_or_any(const std::string& text, u32& to) {
  const auto partner = emu::partner_from(text);
  to = partner.value_or(emu::any_partner);
  return partner.has_value();
}
bool read_vlan(const std::string& text, u16& to) {
  const auto number = parse_number<u16>(text);
  to = number.value_or(0);
  return number.has_value();
}

// 4/client/1/viosA/11/1. A name may have a slash; the last part may be left out.
bool scsi_from(const std::string& text, VirtualAdapter& a) {
  auto parts = emu::split(text, '/');
  if (parts.size() == 5) parts.emplace_back("0");
  if (parts.size() < 6 || (parts[1] != "client" && parts[1] != "server")) return false;
  a.kind = parts[1] == "client" ? AdapterKind::scsi_client : AdapterKind::scsi_server;
  a.remote_lpar_name = fmt::format("{}", fmt::join(parts.begin() + 3, parts.end() - 2, "/"));
  if (a.remote_lpar_name == "any") a.remote_lpar_name.clear();
  return read(parts[0], a.slot) && read_or_any(parts[2], a.remote_lpar_id) &&
         read_or_any(parts[parts.size() - 2], a.remote_slot) && read(parts.back(), a.required);
}
// 5/server/1/any//any/0; what is between the second part and the last is of clients other than the HMC, which nobody has.
bool serial_from(const std::string& text, VirtualAdapter& a) {
  const auto parts = emu::split(text, '/');
  a.kind = AdapterKind::serial;
  const std::vector<std::string> others{"server", "1", "any", "", "any"};
  const bool right = parts.size() == 7 && std::equal(others.begin(), others.end(), parts.begin() + 1) && read(parts[0], a.slot) &&
                     read(parts[6], a.required);
  a.required = a.required || a.slot < 2;
  return right;
}
bool ethernet_from(const std::string& text, VirtualAdapter& a) {
  const auto parts = emu::split(text, '/');
  bool tagged = false;
  if (parts.size() < 6 || parts.size() > 10 || !read(parts[0], a.slot) || !read(parts[1], tagged)) return false;
  if (!read_vlan(parts[2], a.port_vlan_id) || !read(parts[4], a.trunk_priority) || !read(parts[5], a.required)) return false;
  a.kind = AdapterKind::ethernet;
  if (!parts[3].empty())
    for (const std::string& additional : split_list(parts[3]))
      if (!read_vlan(additional, a.addl_vlan_ids.emplace_back())) return false;
  a.is_trunk = a.trunk_priority != 0;
  if (parts.size() > 6 && !parts[6].empty()) a.vswitch = parts[6];
  if (parts.size() > 7) a.mac_addr = parts[7];
  if (parts.size() > 8 && parts[8] != "all" && !parts[8].empty()) return false;
  if (parts.size() > 9 && parts[9] != "none" && !parts[9].empty()) return false;
  return tagged || a.addl_vlan_ids.empty();
}
bool vasi_from(const std::string& text, VirtualAdapter& a) {
  a.kind = AdapterKind::vasi;
  return read(text, a.slot);
}

// How the adapters of an attribute are written.
struct Form {
  std::string_view attribute;
  std::string (*text)(const VirtualAdapter&);
  bool (*from)(const std::string&, VirtualAdapter&);  // false: not of that form
};
constexpr Form forms[] = {
    {"virtual_serial_adapters", serial_text, serial_from},
    {"virtual_scsi_adapters", scsi_text, scsi_from},
    {"virtual_eth_adapters", ethernet_text, ethernet_from},
    {"virtual_vasi_adapters", vasi_text, vasi_from},
};
static_assert(emu::one_row_for_each_attribute(forms));

const Form& form_of(std::string_view attribute) { return *std::ranges::find(forms, attribute, &Form::attribute); }

}  // namespace

Value adapters_text(const std::vector<VirtualAdapter>& adapters, std::string_view attribute) {
  std::vector<std::string> entries;
  for (const VirtualAdapter& adapter : adapters)
    if (emu::row_of(adapter.kind).attribute == attribute) entries.push_back(form_of(attribute).text(adapter));
  return entries.empty() ? Value("none") : Value(list_text(entries));
}

emu::Status to_adapters(std::vector<VirtualAdapter>& into, const Assignment& assignment) {
  const Form& form = form_of(assignment.name);
  const auto entries = TRY(entries_of(assignment));
  const std::vector<VirtualAdapter> before = into;
  const auto listed = [&](const VirtualAdapter& each) { return emu::row_of(each.kind).attribute == form.attribute; };
  if (assignment.change == Change::set) std::erase_if(into, listed);
  for (const std::string& text : entries) {
    VirtualAdapter adapter;
    if (assignment.change == Change::remove) {
      const auto gone = [&](const VirtualAdapter& old) { return listed(old) && old.slot == adapter.slot; };
      const bool may_go = read(emu::split(text, '/')[0], adapter.slot) && adapter.slot >= emu::first_virtual_slot;
      if (!may_go || std::erase_if(into, gone) == 0) return wrong_value(assignment);
      continue;
    }
    if (!form.from(text, adapter)) return wrong_value(assignment);
    // What the text does not say stays as it was: the MAC address of an adapter that keeps its slot.
    for (const VirtualAdapter& old : before)
      if (old.kind == adapter.kind && old.slot == adapter.slot && adapter.mac_addr.empty()) adapter.mac_addr = old.mac_addr;
    into.push_back(std::move(adapter));
  }
  // Nobody is without the default ones.
  for (const VirtualAdapter& each : emu::default_adapters())
    if (!emu::slot_taken(into, each.slot)) into.push_back(each);
  std::ranges::stable_sort(into, {}, &VirtualAdapter::slot);
  return emu::success();
}

}  // namespace hmc::attributes
