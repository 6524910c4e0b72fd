// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/profile_attributes.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/core/partner.h"
#include "emu/core/profile_rules.h"
#include "hmc/cli/change.h"
#include "hmc/inventory/inventory.h"
#include "hmc/messages.h"

namespace hmc::cli {

using emu::AdapterKind;
using emu::Profile;
using emu::Status;
using emu::VirtualAdapter;

namespace {

emu::Error wrong(const Attribute& attribute) { return invalid_value(attribute.name, attribute.text); }

bool is_vios(const ProfileRow& row) { return row.lpar->env == emu::LparEnv::vioserver; }

// The entries of a list, whose only word for "no entries" is none.
std::optional<std::vector<std::string>> entries_of(const Attribute& attribute) {
  const auto& values = attribute.values;
  if (attribute.change == Change::set && values.size() == 1 && (values[0] == "none" || values[0].empty()))
    return std::vector<std::string>{};
  if (std::ranges::count(values, "none") || std::ranges::count(values, "")) return std::nullopt;
  return values;
}

// ---- adapters as text and back, in the forms of lssyscfg -r prof ----

std::string serial_text(const VirtualAdapter& a) {
  // slot/server/supports_hmc/remote id/remote name/remote slot/required: the HMC's terminal is the only client here.
  return fmt::format("{}/server/1/any//any/{}", a.slot, a.required || a.slot < 2 ? 1 : 0);
}
std::string scsi_text(const VirtualAdapter& a) {
  const bool client = a.kind == AdapterKind::scsi_client;
  return fmt::format("{}/{}/{}/{}/{}/{}", a.slot, client ? "client" : "server", emu::partner_text(a.remote_lpar_id),
                     a.remote_lpar_name, emu::partner_text(a.remote_slot), a.required ? 1 : 0);
}
std::string ethernet_text(const VirtualAdapter& a) {
  // slot/ieee/port vlan/additional vlans/trunk priority/required/vswitch
  std::string additional;
  for (const u16 vlan : a.addl_vlan_ids) additional += (additional.empty() ? "" : ",") + std::to_string(vlan);
  return fmt::format("{}/{}/{}/{}/{}/{}/{}", a.slot, a.addl_vlan_ids.empty() ? 0 : 1, a.port_vlan_id, additional,
                     a.is_trunk ? a.trunk_priority : 0, a.required ? 1 : 0, a.vswitch);
}
std::string vasi_text(const VirtualAdapter& a) { return std::to_string(a.slot); }

bool is_scsi(const VirtualAdapter& a) { return a.kind == AdapterKind::scsi_client || a.kind == AdapterKind::scsi_server; }
bool is_serial(const VirtualAdapter& a) { return a.kind == AdapterKind::serial; }
bool is_ethernet(const VirtualAdapter& a) { return a.kind == AdapterKind::ethernet; }
bool is_vasi(const VirtualAdapter& a) { return a.kind == AdapterKind::vasi; }

Value adapters_text(const ProfileRow& row, bool (*wanted)(const VirtualAdapter&), std::string (*text)(const VirtualAdapter&)) {
  std::vector<std::string> entries;
  for (const VirtualAdapter& adapter : row.profile.adapters)
    if (wanted(adapter)) entries.push_back(text(adapter));
  return entries.empty() ? Value("none") : Value(list_text(entries));
}

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
  if (parts.size() < 6 || parts.size() > 7 || !read(parts[0], a.slot) || !read(parts[1], tagged)) return false;
  if (!read_vlan(parts[2], a.port_vlan_id) || !read(parts[4], a.trunk_priority) || !read(parts[5], a.required)) return false;
  a.kind = AdapterKind::ethernet;
  if (!parts[3].empty())
    for (const std::string& additional : split_list(parts[3]))
      if (!read_vlan(additional, a.addl_vlan_ids.emplace_back())) return false;
  a.is_trunk = a.trunk_priority != 0;
  if (parts.size() > 6 && !parts[6].empty()) a.vswitch = parts[6];
  return tagged || a.addl_vlan_ids.empty();
}
bool vasi_from(const std::string& text, VirtualAdapter& a) {
  a.kind = AdapterKind::vasi;
  return read(text, a.slot);
}

// = replaces all adapters of the kind, += adds, -= takes away those in the named slots.
Status set_adapters(Profile& profile, const Attribute& attribute, bool (*kind)(const VirtualAdapter&),
                    bool (*from)(const std::string&, VirtualAdapter&)) {
  const auto entries = entries_of(attribute);
  if (!entries) return wrong(attribute);
  const std::vector<VirtualAdapter> before = profile.adapters;
  if (attribute.change == Change::set) std::erase_if(profile.adapters, kind);
  for (const std::string& text : *entries) {
    VirtualAdapter adapter;
    if (attribute.change == Change::remove) {
      const auto gone = [&](const VirtualAdapter& old) { return kind(old) && old.slot == adapter.slot; };
      if (!read(emu::split(text, '/')[0], adapter.slot) || std::erase_if(profile.adapters, gone) == 0) return wrong(attribute);
      continue;
    }
    if (!from(text, adapter)) return wrong(attribute);
    // What the text does not say stays as it was: the MAC address of an adapter that keeps its slot.
    for (const VirtualAdapter& old : before)
      if (old.kind == adapter.kind && old.slot == adapter.slot) adapter.mac_addr = old.mac_addr;
    profile.adapters.push_back(std::move(adapter));
  }
  std::ranges::stable_sort(profile.adapters, {}, &VirtualAdapter::slot);
  return emu::success();
}

Status set_io_slots(Profile& profile, const Attribute& attribute) {
  const auto entries = entries_of(attribute);
  if (!entries) return wrong(attribute);
  const auto index = [](const std::string& slot) { return emu::split(slot, '/')[0]; };
  if (attribute.change == Change::set) profile.io_slots.clear();
  for (const std::string& slot : *entries) {
    if (attribute.change != Change::remove)
      profile.io_slots.push_back(slot);
    else if (std::erase_if(profile.io_slots, [&](const std::string& old) { return index(old) == index(slot); }) == 0)
      return wrong(attribute);
  }
  return emu::success();
}

// ---- numbers ----

template <auto member>
Status set_number(Profile& profile, const Attribute& attribute) {
  const auto number = parse_number<u32>(attribute.text);
  if (!number) return wrong(attribute);
  profile.*member = *number;
  return emu::success();
}

// 0.5 is 50 hundredths.
template <auto member>
Status set_units(Profile& profile, const Attribute& attribute) {
  const std::string& text = attribute.text;
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits = point < text.size() ? text.substr(point + 1) : "";
  while (digits.size() > 2 && digits.back() == '0') digits.pop_back();
  digits.resize(std::max<size_t>(digits.size(), 2), '0');
  const auto whole = parse_number(point ? text.substr(0, point) : "0");
  const auto hundredths = parse_number(digits);
  if (text.size() <= size_t{point < text.size()} || !whole || !hundredths || digits.size() > 2 || *whole > 1000)
    return wrong(attribute);
  profile.*member = static_cast<u32>(*whole * 100 + *hundredths);
  return emu::success();
}

template <auto member>
Status set_text(Profile& profile, const Attribute& attribute) {
  profile.*member = attribute.text;
  return emu::success();
}

constexpr Shown always = Shown::always;
using Row = const ProfileRow&;

// Shared processors have units, dedicated ones have not. (order: reference, section 5)
constexpr ProfileAttribute table[] = {
    {{"name", always, [](Row r) { return Value(r.profile.name); }}, nullptr},
    {{"lpar_name", always, [](Row r) { return Value(r.lpar->name); }}, nullptr},
    {{"lpar_id", always, [](Row r) { return Value(r.lpar->lpar_id); }}, nullptr},
    {{"lpar_env", always, [](Row r) { return Value(is_vios(r) ? "vioserver" : "aixlinux"); }}, nullptr},
    {{"all_resources", always, [](Row) { return Value(0); }}, nullptr},
    {{"min_mem", always, [](Row r) { return Value(r.profile.min_mem); }}, set_number<&Profile::min_mem>},
    {{"desired_mem", always, [](Row r) { return Value(r.profile.desired_mem); }}, set_number<&Profile::desired_mem>},
    {{"max_mem", always, [](Row r) { return Value(r.profile.max_mem); }}, set_number<&Profile::max_mem>},
    {{"min_num_huge_pages", always, [](Row) { return Value(0); }}, nullptr},
    {{"desired_num_huge_pages", always, [](Row r) { return Value(r.profile.desired_num_huge_pages); }},
     set_number<&Profile::desired_num_huge_pages>},
    {{"max_num_huge_pages", always, [](Row r) { return Value(r.profile.desired_num_huge_pages); }}, nullptr},
    {{"mem_mode", always, [](Row) { return Value("ded"); }}, nullptr},
    {{"proc_mode", always, [](Row r) { return Value(r.profile.proc_mode); }}, set_text<&Profile::proc_mode>},
    {{"min_proc_units", always,
      [](Row r) { return r.profile.proc_mode == "ded" ? Value::absent() : Value(units_text(r.profile.min_proc_units)); }},
     set_units<&Profile::min_proc_units>},
    {{"desired_proc_units", always,
      [](Row r) { return r.profile.proc_mode == "ded" ? Value::absent() : Value(units_text(r.profile.desired_proc_units)); }},
     set_units<&Profile::desired_proc_units>},
    {{"max_proc_units", always,
      [](Row r) { return r.profile.proc_mode == "ded" ? Value::absent() : Value(units_text(r.profile.max_proc_units)); }},
     set_units<&Profile::max_proc_units>},
    {{"min_procs", always, [](Row r) { return Value(r.profile.min_procs); }}, set_number<&Profile::min_procs>},
    {{"desired_procs", always, [](Row r) { return Value(r.profile.desired_procs); }}, set_number<&Profile::desired_procs>},
    {{"max_procs", always, [](Row r) { return Value(r.profile.max_procs); }}, set_number<&Profile::max_procs>},
    {{"sharing_mode", always, [](Row r) { return Value(r.profile.sharing_mode); }}, set_text<&Profile::sharing_mode>},
    {{"uncap_weight", always,
      [](Row r) { return r.profile.sharing_mode == "uncap" ? Value(r.profile.uncap_weight) : Value::absent(); }},
     set_number<&Profile::uncap_weight>},
    {{"io_slots", always,
      [](Row r) { return r.profile.io_slots.empty() ? Value("none") : Value(list_text(r.profile.io_slots)); }},
     set_io_slots,
     Given::list},
    {{"lpar_io_pool_ids", always, [](Row) { return Value("none"); }}, nullptr},
    {{"max_virtual_slots", always, [](Row r) { return Value(r.profile.max_virtual_slots); }},
     set_number<&Profile::max_virtual_slots>},
    {{"virtual_serial_adapters", always, [](Row r) { return adapters_text(r, is_serial, serial_text); }},
     [](Profile& p, const Attribute& a) { return set_adapters(p, a, is_serial, serial_from); },
     Given::list},
    {{"virtual_scsi_adapters", always, [](Row r) { return adapters_text(r, is_scsi, scsi_text); }},
     [](Profile& p, const Attribute& a) { return set_adapters(p, a, is_scsi, scsi_from); },
     Given::list},
    {{"virtual_eth_adapters", always, [](Row r) { return adapters_text(r, is_ethernet, ethernet_text); }},
     [](Profile& p, const Attribute& a) { return set_adapters(p, a, is_ethernet, ethernet_from); },
     Given::list},
    {{"virtual_fc_adapters", always, [](Row) { return Value("none"); }}, nullptr},
    // Redbook 5.6.3: only of Virtual I/O Servers that can take part in a migration.
    {{"virtual_vasi_adapters", always, [](Row r) { return is_vios(r) ? adapters_text(r, is_vasi, vasi_text) : Value::absent(); }},
     [](Profile& p, const Attribute& a) { return set_adapters(p, a, is_vasi, vasi_from); },
     Given::list},
    {{"boot_mode", always, [](Row r) { return Value(r.profile.boot_mode); }}, set_text<&Profile::boot_mode>},
    {{"conn_monitoring", always, [](Row) { return Value(1); }}, nullptr},
    {{"auto_start", always, [](Row) { return Value(0); }}, nullptr},
    {{"power_ctrl_lpar_ids", always, [](Row) { return Value("none"); }}, nullptr},
    {{"work_group_id", always, [](Row r) { return Value(r.profile.work_group_id); }}, set_text<&Profile::work_group_id>},
    {{"bsr_arrays", always, [](Row r) { return Value(r.profile.bsr_arrays); }}, set_number<&Profile::bsr_arrays>},
    {{"redundant_err_path_reporting", always, [](Row r) { return Value(r.profile.redundant_err_path_reporting); }},
     [](Profile& p, const Attribute& a) { return flag(p.redundant_err_path_reporting, a.text, a.name); }},
    {{"lpar_proc_compat_mode", always, [](Row r) { return Value(r.profile.lpar_proc_compat_mode); }},
     set_text<&Profile::lpar_proc_compat_mode>},
    {{"electronic_err_reporting", always, [](Row) { return Value("null"); }}, nullptr},
    {{"sriov_eth_logical_ports", always, [](Row) { return Value("none"); }}, nullptr},
    // Of this emulator: what the firmware boots.
    {{"boot_image", Shown::on_request, [](Row r) { return Value(r.profile.boot_image); }}, set_text<&Profile::boot_image>},
    {{"boot_initrd", Shown::on_request, [](Row r) { return Value(r.profile.boot_initrd); }}, set_text<&Profile::boot_initrd>},
    {{"boot_arguments", Shown::on_request, [](Row r) { return Value(r.profile.boot_arguments); }},
     set_text<&Profile::boot_arguments>},
};

}  // namespace

std::span<const ProfileAttribute> profile_attributes() { return table; }

namespace {

// Dedicated processors have no units, and each kind has sharing modes of its own: those of the other kind mean nothing after a change.
Status follow_proc_mode(Profile& profile, const Data& data) {
  const bool dedicated = profile.proc_mode == "ded";
  if (!data.find("sharing_mode")) {
    const bool of_shared = profile.sharing_mode == "cap" || profile.sharing_mode == "uncap";
    if (dedicated == of_shared) profile.sharing_mode = dedicated ? "keep_idle_procs" : "uncap";
  }
  if (!dedicated) return emu::success();
  for (const std::string_view units : {"min_proc_units", "desired_proc_units", "max_proc_units"})
    if (const Attribute* given = data.find(units)) return wrong(*given);
  profile.min_proc_units = profile.desired_proc_units = profile.max_proc_units = 0;
  return emu::success();
}

}  // namespace

Status apply(Profile& profile, const Data& data, const emu::LparDefinition& of, std::span<const std::string_view> skip) {
  std::vector<std::pair<const ProfileAttribute*, const Attribute*>> printed_only;
  for (const Attribute& attribute : data.all()) {
    if (std::ranges::count(skip, attribute.name)) continue;
    const auto row = std::ranges::find_if(table, [&](const ProfileAttribute& a) { return a.column.name == attribute.name; });
    if (row == std::end(table))
      return emu::Error{"", "An invalid attribute was entered. The attributes that are not valid are " +
                                attribute.name.substr(0, 80) + ". Please check your entry and retry the command."};
    if (attribute.change != Change::set && row->given != Given::list) return wrong(attribute);
    if (!row->set)
      printed_only.emplace_back(&*row, &attribute);
    else
      TRY(row->set(profile, attribute));
  }
  if (data.find("proc_mode") || profile.proc_mode == "ded") TRY(follow_proc_mode(profile, data));
  // What has no state here is what the listing says, and can be nothing else.
  for (const auto& [row, attribute] : printed_only)
    if (row->column.value({&of, profile}).text != attribute->text) return wrong(*attribute);
  return emu::success();
}

Status obeys(const emu::Configuration& configuration, emu::LparEnv env, const emu::service::SystemInfo& system) {
  const auto broken = emu::broken_rules(configuration, env, limits_of(system));
  if (broken.empty()) return emu::success();
  emu::Error error = invalid_value(broken[0].attribute, broken[0].value);
  error.text += fmt::format(" The rule is: {}.", broken[0].rule);
  return error;
}

}  // namespace hmc::cli
