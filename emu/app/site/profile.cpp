// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/profile.h"

#include <fmt/format.h>

#include "emu/core/adapter_kinds.h"
#include "emu/core/partner.h"
#include "emu/core/profile_rules.h"
#include "emu/core/text.h"
#include "emu/core/virtual_slots.h"

namespace emu::app::site {

namespace {

Error broken(const Record& record, std::string_view name) {
  return {"import", fmt::format("{}: {} is not as lssyscfg -r prof has it.", record.where, name)};
}

struct Reader {
  const Record& record;
  Notes& notes;
  std::string where;

  Status number(std::string_view name, u32& to, std::optional<u32> otherwise = {}) const {
    const auto value = record.number(name);
    if (!record.find(name) && otherwise) {
      to = *otherwise;
      return success();
    }
    if (!value || *value > ~u32{0}) return broken(record, name);
    to = static_cast<u32>(*value);
    return success();
  }
  Status units(std::string_view name, u32& to) const {
    const auto value = record.units(name);
    if (!value) return broken(record, name);
    to = *value;
    return success();
  }
  template <HasWords E>
  void word(std::string_view name, E& to, std::string_view what) const {
    const std::string* text = record.find(name);
    if (!text || text->empty()) return;
    if (const auto known = from_word<E>(*text))
      to = *known;
    else
      notes.add(fmt::format("{} {}, which is {} here", name, *text, what), where);
  }
};

// ---- adapters ----

// slot/server/1/any//any/required: the console is the client.
bool serial_from(const std::vector<std::string>& parts, VirtualAdapter& adapter, bool& ours) {
  if (parts.size() != 7) return false;
  ours = parts[1] == "server" && parts[3] == "any";
  adapter.kind = AdapterKind::serial;
  adapter.required = parts[6] == "1";
  return true;
}

// slot/client or server/ID/name/slot/required; a name may have a slash, and the last part may not be there.
bool scsi_from(std::vector<std::string> parts, VirtualAdapter& adapter, bool&) {
  if (parts.size() == 5) parts.emplace_back("0");
  if (parts.size() < 6 || (parts[1] != "client" && parts[1] != "server")) return false;
  adapter.kind = parts[1] == "client" ? AdapterKind::scsi_client : AdapterKind::scsi_server;
  const auto lpar = partner_from(parts[2]), slot = partner_from(parts[parts.size() - 2]);
  adapter.remote_lpar_id = lpar.value_or(any_partner);
  adapter.remote_slot = slot.value_or(any_partner);
  adapter.required = parts.back() == "1";
  return lpar && slot;
}

// slot/ieee/port vlan/additional vlans/trunk priority/required/vswitch; what may follow is the network's.
bool ethernet_from(const std::vector<std::string>& parts, VirtualAdapter& adapter, bool&) {
  if (parts.size() < 6) return false;
  adapter.kind = AdapterKind::ethernet;
  const auto vlan = parse_number<u16>(parts[2]);
  const auto priority = parts[4].empty() ? std::optional<u32>(0) : parse_number<u32>(parts[4]);
  if (!vlan || !priority) return false;
  adapter.port_vlan_id = *vlan;
  if (parts[1] == "1" && !parts[3].empty())
    for (const std::string& each : split(parts[3], ',')) {
      const auto additional = parse_number<u16>(each);
      if (!additional) return false;
      adapter.addl_vlan_ids.push_back(*additional);
    }
  adapter.trunk_priority = *priority;
  adapter.is_trunk = *priority != 0;
  adapter.required = parts[5] == "1";
  if (parts.size() > 6 && !parts[6].empty()) adapter.vswitch = parts[6];
  return true;
}

bool vasi_from(const std::vector<std::string>& parts, VirtualAdapter& adapter, bool&) {
  adapter.kind = AdapterKind::vasi;
  return parts.size() == 1;
}

struct Form {
  std::string_view attribute;
  bool (*from)(std::vector<std::string>, VirtualAdapter&, bool& ours);
};
constexpr Form forms[] = {
    {"virtual_serial_adapters", [](std::vector<std::string> p, VirtualAdapter& a, bool& o) { return serial_from(p, a, o); }},
    {"virtual_scsi_adapters", scsi_from},
    {"virtual_eth_adapters", [](std::vector<std::string> p, VirtualAdapter& a, bool& o) { return ethernet_from(p, a, o); }},
    {"virtual_vasi_adapters", [](std::vector<std::string> p, VirtualAdapter& a, bool& o) { return vasi_from(p, a, o); }},
};

Status read_adapters(const Reader& reader, Profile& profile, LparEnv env) {
  profile.adapters = default_adapters();
  for (const Form& form : forms)
    for (const std::string& entry : reader.record.entries(form.attribute)) {
      const auto parts = split(entry, '/');
      VirtualAdapter adapter;
      bool ours = true;
      const auto slot = parse_number<u32>(parts[0]);
      if (!slot || *slot >= virtual_slot_limit || !form.from(parts, adapter, ours)) return broken(reader.record, form.attribute);
      adapter.slot = *slot;
      if (adapter.slot < first_virtual_slot && adapter.kind == AdapterKind::serial) continue;  // everybody has them
      if (!ours || !may_have(env, adapter.kind)) {
        reader.notes.add(fmt::format("{} of a kind that is not here, left out", form.attribute), reader.where);
      } else if (slot_taken(profile.adapters, adapter.slot)) {
        return broken(reader.record, form.attribute);
      } else {
        profile.adapters.push_back(std::move(adapter));
      }
    }
  std::ranges::stable_sort(profile.adapters, {}, &VirtualAdapter::slot);
  return success();
}

// ---- what is more than a frame of ours has ----

void fit(const Reader& reader, Profile& profile, LparEnv env, const FrameConfig& frame) {
  const SystemLimits limits = limits_of(frame);
  bool too_much = false;
  const auto at_most = [&](u32& value, u64 most) {
    if (value > most) too_much = true;
    value = static_cast<u32>(std::min<u64>(value, most));
  };
  for (u32* mem : {&profile.min_mem, &profile.desired_mem, &profile.max_mem}) at_most(*mem, limits.memory_mb);
  const bool dedicated = profile.proc_mode == ProcMode::ded;
  const u32 most_procs = dedicated ? std::min(limits.dedicated_processors(), frame.processors) : limits.virtual_processors();
  for (u32* procs : {&profile.min_procs, &profile.desired_procs}) at_most(*procs, most_procs);
  at_most(profile.max_procs, dedicated ? limits.dedicated_processors() : most_procs);
  if (!dedicated) {
    at_most(profile.min_proc_units, std::min<u64>(100u * frame.processors, 100u * profile.min_procs));
    at_most(profile.desired_proc_units, std::min<u64>(100u * frame.processors, 100u * profile.desired_procs));
    at_most(profile.max_proc_units, 100u * profile.max_procs);
  }
  const u64 huge_pages = env == LparEnv::vioserver ? 0 : limits.huge_pages();
  for (u32* pages : {&profile.min_num_huge_pages, &profile.desired_num_huge_pages, &profile.max_num_huge_pages})
    at_most(*pages, huge_pages);
  if (too_much) reader.notes.add("profiles that wish for more than a partition here can have: as much as it can", reader.where);
}

constexpr std::string_view taken[] = {"name",
                                      "lpar_name",
                                      "lpar_id",
                                      "lpar_env",
                                      "all_resources",
                                      "min_mem",
                                      "desired_mem",
                                      "max_mem",
                                      "min_num_huge_pages",
                                      "desired_num_huge_pages",
                                      "max_num_huge_pages",
                                      "proc_mode",
                                      "min_proc_units",
                                      "desired_proc_units",
                                      "max_proc_units",
                                      "min_procs",
                                      "desired_procs",
                                      "max_procs",
                                      "sharing_mode",
                                      "uncap_weight",
                                      "io_slots",
                                      "max_virtual_slots",
                                      "virtual_serial_adapters",
                                      "virtual_scsi_adapters",
                                      "virtual_eth_adapters",
                                      "virtual_vasi_adapters",
                                      "boot_mode",
                                      "work_group_id",
                                      "bsr_arrays",
                                      "redundant_err_path_reporting",
                                      "lpar_proc_compat_mode"};
// As every partition here is listed, or what there is one of.
constexpr Usual usual[] = {{"mem_mode", "ded"}, {"conn_monitoring", "1"}, {"shared_proc_pool_name", "DefaultPool"}};

}  // namespace

Result<std::optional<Profile>> profile_of(const Record& record, Partition& partition, const FrameConfig& frame, Notes& notes) {
  const LparEnv env = partition.lpar.env;
  const Reader reader{record, notes, fmt::format("{} of {} of {}", record.text("name"), partition.lpar.name, frame.name)};
  if (record.text("all_resources") == "1") {
    notes.add("profiles that take all resources of a system, left out", reader.where);
    return std::optional<Profile>();
  }
  Profile profile;
  profile.name = record.text("name");
  if (partition.lpar.profile(profile.name)) return broken(record, "name");
  TRY(reader.number("min_mem", profile.min_mem));
  TRY(reader.number("desired_mem", profile.desired_mem));
  TRY(reader.number("max_mem", profile.max_mem));
  TRY(reader.number("min_num_huge_pages", profile.min_num_huge_pages, 0));
  TRY(reader.number("desired_num_huge_pages", profile.desired_num_huge_pages, 0));
  TRY(reader.number("max_num_huge_pages", profile.max_num_huge_pages, 0));
  reader.word("proc_mode", profile.proc_mode, "shared");
  TRY(reader.number("min_procs", profile.min_procs));
  TRY(reader.number("desired_procs", profile.desired_procs));
  TRY(reader.number("max_procs", profile.max_procs));
  if (profile.proc_mode == ProcMode::ded) {
    profile.min_proc_units = profile.desired_proc_units = profile.max_proc_units = 0;
    profile.sharing_mode = SharingMode::keep_idle;
  } else {
    TRY(reader.units("min_proc_units", profile.min_proc_units));
    TRY(reader.units("desired_proc_units", profile.desired_proc_units));
    TRY(reader.units("max_proc_units", profile.max_proc_units));
  }
  reader.word("sharing_mode", profile.sharing_mode, word_of(profile.sharing_mode));
  TRY(reader.number("uncap_weight", profile.uncap_weight, profile.uncap_weight));
  TRY(reader.number("max_virtual_slots", profile.max_virtual_slots));
  TRY(reader.number("bsr_arrays", profile.bsr_arrays, 0));
  reader.word("boot_mode", profile.boot_mode, "norm");
  reader.word("lpar_proc_compat_mode", profile.lpar_proc_compat_mode, "default");
  if (const std::string group = record.text("work_group_id"); is_work_group(group)) profile.work_group_id = group;
  profile.redundant_err_path_reporting = record.text("redundant_err_path_reporting") == "1";
  profile.io_slots = record.entries("io_slots");
  if (!profile.io_slots.empty())
    notes.add("io_slots, claimed by name only: their partition cannot move", reader.where, profile.io_slots.size());
  TRY(read_adapters(reader, profile, env));
  // A console that lists no VASI at all has one in each mover service partition all the same.
  partition.vasi = partition.vasi || (partition.lpar.msp && !record.find("virtual_vasi_adapters"));
  fit(reader, profile, env, frame);
  for (const auto& [name, value] : record.values)
    if (!std::ranges::count(taken, name) && !is_usual(usual, name, value))
      notes.add(name + " of profiles, not taken over", reader.where, record.entries(name).size());
  return std::optional<Profile>(std::move(profile));
}

}  // namespace emu::app::site
