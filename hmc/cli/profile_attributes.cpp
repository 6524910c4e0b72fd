// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/profile_attributes.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/partner.h"
#include "emu/core/profile_rules.h"
#include "hmc/inventory/inventory.h"
#include "hmc/messages.h"

namespace hmc::cli {

using emu::AdapterKind;
using emu::Profile;
using emu::Status;
using emu::VirtualAdapter;

namespace {

emu::Error wrong(const Attribute& attribute) {
  return {"", fmt::format("An invalid parameter value was entered: {}={}. Please check your entry and retry the command.",
                          attribute.name, attribute.text())};
}

bool is_vios(const ProfileRow& row) { return row.lpar->env == emu::LparEnv::vioserver; }

u32 number_or(const std::string& text, u32 otherwise) { return parse_number<u32>(text).value_or(otherwise); }

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

bool scsi_from(const std::string& text, VirtualAdapter& a) {
  const auto parts = emu::split(text, '/');
  const auto slot = parse_number(parts[0]);
  if (parts.size() < 5 || !slot || (parts[1] != "client" && parts[1] != "server")) return false;
  const auto remote = emu::partner_from(parts[2]);
  const auto remote_slot = emu::partner_from(parts[4]);
  if (!remote || !remote_slot) return false;
  a.kind = parts[1] == "client" ? AdapterKind::scsi_client : AdapterKind::scsi_server;
  a.slot = static_cast<u32>(*slot);
  a.remote_lpar_id = *remote;
  a.remote_lpar_name = parts[3] == "any" ? "" : parts[3];
  a.remote_slot = *remote_slot;
  a.required = parts.size() > 5 && parts[5] == "1";
  return true;
}
bool serial_from(const std::string& text, VirtualAdapter& a) {
  const auto parts = emu::split(text, '/');
  const auto slot = parse_number(parts[0]);
  if (parts.size() < 2 || !slot) return false;
  a.kind = AdapterKind::serial;
  a.slot = static_cast<u32>(*slot);
  a.required = parts.back() == "1";
  return true;
}
bool ethernet_from(const std::string& text, VirtualAdapter& a) {
  const auto parts = emu::split(text, '/');
  const auto slot = parse_number(parts[0]);
  const auto vlan = parts.size() > 2 ? parse_number(parts[2]) : std::nullopt;
  if (parts.size() < 6 || !slot || !vlan || *vlan == 0 || *vlan > 4094) return false;
  a.kind = AdapterKind::ethernet;
  a.slot = static_cast<u32>(*slot);
  a.port_vlan_id = static_cast<u16>(*vlan);
  for (const std::string& additional : split_list(parts[3]))
    if (const auto id = parse_number(additional); id && *id <= 4094) a.addl_vlan_ids.push_back(static_cast<u16>(*id));
  a.trunk_priority = number_or(parts[4], 0);
  a.is_trunk = a.trunk_priority != 0;
  a.required = parts[5] == "1";
  if (parts.size() > 6 && !parts[6].empty()) a.vswitch = parts[6];
  return true;
}
bool vasi_from(const std::string& text, VirtualAdapter& a) {
  const auto slot = parse_number(text);
  if (!slot) return false;
  a.kind = AdapterKind::vasi;
  a.slot = static_cast<u32>(*slot);
  return true;
}

// = replaces all adapters of the kind, += adds, -= takes away those in the named slots.
Status set_adapters(Profile& profile, const Attribute& attribute, bool (*kind)(const VirtualAdapter&),
                    bool (*from)(const std::string&, VirtualAdapter&)) {
  std::vector<VirtualAdapter> listed;
  for (const std::string& text : attribute.values) {
    if (text == "none" || text.empty()) continue;
    VirtualAdapter adapter;
    if (attribute.change == Change::remove) {
      adapter.slot = number_or(emu::split(text, '/')[0], ~u32{0});
    } else if (!from(text, adapter)) {
      return wrong(attribute);
    }
    // What the text does not say stays as it was: the MAC address of an adapter that keeps its slot.
    for (const VirtualAdapter& before : profile.adapters)
      if (before.kind == adapter.kind && before.slot == adapter.slot) adapter.mac_addr = before.mac_addr;
    listed.push_back(adapter);
  }
  std::erase_if(profile.adapters, [&](const VirtualAdapter& old) {
    if (!kind(old)) return false;
    return attribute.change == Change::set || std::ranges::count(listed, old.slot, &VirtualAdapter::slot) > 0;
  });
  if (attribute.change != Change::remove) profile.adapters.insert(profile.adapters.end(), listed.begin(), listed.end());
  return emu::success();
}

// ---- numbers ----

template <auto member>
Status set_number(Profile& profile, const Attribute& attribute) {
  const auto number = parse_number<u32>(attribute.text());
  if (!number || attribute.change != Change::set) return wrong(attribute);
  profile.*member = *number;
  return emu::success();
}

// 0.5 is 50 hundredths.
template <auto member>
Status set_units(Profile& profile, const Attribute& attribute) {
  const std::string text = attribute.text();
  const size_t point = std::min(text.find('.'), text.size());
  std::string digits = point < text.size() ? text.substr(point + 1) : "";
  while (digits.size() > 2 && digits.back() == '0') digits.pop_back();
  digits.resize(std::max<size_t>(digits.size(), 2), '0');
  const auto whole = parse_number(point ? text.substr(0, point) : "0");
  const auto hundredths = parse_number(digits);
  if (!whole || !hundredths || digits.size() > 2 || *whole > 1000) return wrong(attribute);
  profile.*member = static_cast<u32>(*whole * 100 + *hundredths);
  return emu::success();
}

template <auto member>
Status set_text(Profile& profile, const Attribute& attribute) {
  profile.*member = attribute.text();
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
    {{"proc_mode", always, [](Row r) { return Value(r.profile.proc_mode); }},
     [](Profile& p, const Attribute& a) -> Status {
       if (a.text() != "shared" && a.text() != "ded") return wrong(a);
       p.proc_mode = a.text();
       // The sharing modes of the other kind of processors mean nothing now.
       const bool of_shared = p.sharing_mode == "cap" || p.sharing_mode == "uncap";
       if (p.proc_mode == "ded" && of_shared) p.sharing_mode = "keep_idle_procs";
       if (p.proc_mode == "shared" && !of_shared) p.sharing_mode = "uncap";
       return emu::success();
     }},
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
     [](Profile& p, const Attribute& a) -> Status {
       if (a.change == Change::set) p.io_slots.clear();
       for (const std::string& slot : a.values) {
         if (slot == "none" || slot.empty()) continue;
         std::erase(p.io_slots, slot);
         if (a.change != Change::remove) p.io_slots.push_back(slot);
       }
       return emu::success();
     }},
    {{"lpar_io_pool_ids", always, [](Row) { return Value("none"); }}, nullptr},
    {{"max_virtual_slots", always, [](Row r) { return Value(r.profile.max_virtual_slots); }},
     set_number<&Profile::max_virtual_slots>},
    {{"virtual_serial_adapters", always, [](Row r) { return adapters_text(r, is_serial, serial_text); }},
     [](Profile& p, const Attribute& a) { return set_adapters(p, a, is_serial, serial_from); }},
    {{"virtual_scsi_adapters", always, [](Row r) { return adapters_text(r, is_scsi, scsi_text); }},
     [](Profile& p, const Attribute& a) { return set_adapters(p, a, is_scsi, scsi_from); }},
    {{"virtual_eth_adapters", always, [](Row r) { return adapters_text(r, is_ethernet, ethernet_text); }},
     [](Profile& p, const Attribute& a) { return set_adapters(p, a, is_ethernet, ethernet_from); }},
    {{"virtual_fc_adapters", always, [](Row) { return Value("none"); }}, nullptr},
    // Redbook 5.6.3: only of Virtual I/O Servers that can take part in a migration.
    {{"virtual_vasi_adapters", always, [](Row r) { return is_vios(r) ? adapters_text(r, is_vasi, vasi_text) : Value::absent(); }},
     [](Profile& p, const Attribute& a) { return set_adapters(p, a, is_vasi, vasi_from); }},
    {{"boot_mode", always, [](Row r) { return Value(r.profile.boot_mode); }}, set_text<&Profile::boot_mode>},
    {{"conn_monitoring", always, [](Row) { return Value(1); }}, nullptr},
    {{"auto_start", always, [](Row) { return Value(0); }}, nullptr},
    {{"power_ctrl_lpar_ids", always, [](Row) { return Value("none"); }}, nullptr},
    {{"work_group_id", always, [](Row r) { return Value(r.profile.work_group_id); }}, set_text<&Profile::work_group_id>},
    {{"bsr_arrays", always, [](Row r) { return Value(r.profile.bsr_arrays); }}, set_number<&Profile::bsr_arrays>},
    {{"redundant_err_path_reporting", always, [](Row r) { return Value(r.profile.redundant_err_path_reporting); }},
     [](Profile& p, const Attribute& a) -> Status {
       if (a.text() != "0" && a.text() != "1") return wrong(a);
       p.redundant_err_path_reporting = a.text() == "1";
       return emu::success();
     }},
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

Status apply(Profile& profile, const Data& data, std::span<const std::string_view> skip) {
  for (const Attribute& attribute : data.all()) {
    if (std::ranges::count(skip, attribute.name)) continue;
    const auto row = std::ranges::find_if(table, [&](const ProfileAttribute& a) { return a.column.name == attribute.name; });
    if (row == std::end(table) || !row->set)
      return emu::Error{"", "An invalid attribute was entered. The attributes that are not valid are " + attribute.name +
                                ". Please check your entry and retry the command."};
    if (emu::Status set = row->set(profile, attribute); !set) return set;
  }
  return emu::success();
}

Status obeys(const emu::Configuration& configuration, emu::LparEnv env, const emu::service::SystemInfo& system) {
  const emu::SystemLimits limits{system.installed_mem_mb, system.lmb_mb, system.processors, system.compat_modes};
  for (const emu::BrokenRule& broken : emu::broken_rules(configuration, env, limits))
    return emu::Error{"",
                      fmt::format("An invalid parameter value was entered: {}={}. Please check your entry and retry the command. "
                                  "The rule is: {}.",
                                  broken.attribute, broken.value, broken.rule)};
  return emu::success();
}

}  // namespace hmc::cli
