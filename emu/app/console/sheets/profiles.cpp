// SPDX-License-Identifier: GPL-2.0-or-later
// The profiles of a partition, and one of them: Redbook, figures 3-10, 3-12, 3-14, 3-16 and 3-17.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/app/console/sheets/sheets.h"
#include "emu/core/text.h"
#include "hmc/attributes/list.h"

namespace emu::app::console {

namespace {

// An adapter, a slot or a logical port as a profile has it: its list, and its entry there.
struct Entry {
  std::string list;
  std::string text;
};

// A list of a profile that has a line for each entry.
struct EntryKind {
  const char* list;
  const char* type;
  int required_at;  // which part of an entry says whether it is required; -1: none
};
constexpr EntryKind adapters[] = {
    {"virtual_serial_adapters", "Serial", 6},
    {"virtual_scsi_adapters", "SCSI", 5},
    {"virtual_eth_adapters", "Ethernet", 5},
    {"virtual_vasi_adapters", "VASI", -1},
};
constexpr EntryKind slots[] = {{"io_slots", "Slot", 2}};
constexpr EntryKind ports[] = {{"lhea_logical_ports", "LHEA", -1}};

std::vector<std::string> entries_of(const std::string& listed) {
  if (listed.empty() || listed == "none") return {};
  return hmc::attributes::split_list(listed);
}

std::vector<Entry> all_entries(const Sheet& sheet, std::span<const EntryKind> kinds) {
  std::vector<Entry> all;
  for (const EntryKind& kind : kinds)
    for (std::string& text : entries_of(sheet.listing("prof").value(0, kind.list))) all.push_back({kind.list, std::move(text)});
  return all;
}

const EntryKind& kind_of(const Entry& entry, std::span<const EntryKind> kinds) {
  return *std::ranges::find(kinds, entry.list, &EntryKind::list);
}

std::function<std::vector<Words>(const Sheet&)> rows(std::span<const EntryKind> kinds) {
  return [kinds](const Sheet& sheet) {
    std::vector<Words> rows;
    for (const Entry& entry : all_entries(sheet, kinds)) {
      const EntryKind& kind = kind_of(entry, kinds);
      const auto parts = emu::split(entry.text, '/');
      const bool knows = kind.required_at >= 0 && static_cast<size_t>(kind.required_at) < parts.size();
      rows.push_back({parts[0], kind.type, entry.text,
                      !knows                                                ? ""
                      : parts[static_cast<size_t>(kind.required_at)] == "1" ? "Yes"
                                                                            : "No"});
    }
    return rows;
  };
}

// What chsyscfg of this profile is given.
class Changing {
 public:
  Changing(std::string system, std::string partition, std::string profile)
      : system_(std::move(system)), partition_(std::move(partition)), profile_(std::move(profile)) {}
  Command with(const std::vector<std::string>& pairs) const {
    return command(system_, "chsyscfg -r prof",
                   {"-i", fmt::format("{},{},{}", assignment("name", profile_), assignment("lpar_name", partition_),
                                      fmt::join(pairs, ","))});
  }

 private:
  std::string system_, partition_, profile_;
};

// Required or not, and gone: of what a row shows.
std::vector<Action> actions(const Changing& changing, std::span<const EntryKind> kinds) {
  const auto toggles = [changing, kinds](const Sheet& sheet, size_t row) {
    const auto all = all_entries(sheet, kinds);
    const Entry chosen = all.at(row);
    const EntryKind& kind = kind_of(chosen, kinds);
    auto parts = emu::split(chosen.text, '/');
    if (kind.required_at < 0 || static_cast<size_t>(kind.required_at) >= parts.size())
      return Deed{{}, {}, "Nothing says whether that is required."};
    std::string& required = parts[static_cast<size_t>(kind.required_at)];
    required.assign(1, required == "1" ? '0' : '1');
    std::vector<std::string> list;
    for (const Entry& entry : all)
      if (entry.list == chosen.list)
        list.push_back(entry.text == chosen.text ? fmt::format("{}", fmt::join(parts, "/")) : entry.text);
    return Deed{{changing.with({assignment(chosen.list, hmc::attributes::list_text(list))})}, {}, {}};
  };
  const auto removes = [changing, kinds](const Sheet& sheet, size_t row) {
    const auto all = all_entries(sheet, kinds);
    const Entry chosen = all.at(row);
    std::vector<std::string> list;
    for (const Entry& entry : all)
      if (entry.list == chosen.list && entry.text != chosen.text) list.push_back(entry.text);
    return Deed{{changing.with({assignment(chosen.list, list.empty() ? "none" : hmc::attributes::list_text(list))})}, {}, {}};
  };
  std::vector<Action> all;
  if (kinds[0].required_at >= 0) all.push_back({"R", "Required or not", toggles});
  all.push_back({"D", "Remove", removes});
  return all;
}

std::vector<std::string> modes(const Sheet& sheet) {
  return hmc::attributes::split_list(sheet.listing("sys").value(0, "lpar_proc_compat_modes"));
}
std::vector<std::string> pools(const Sheet& sheet) {
  std::vector<std::string> names;
  for (const Words& row : sheet.listing("pool").rows)
    if (row[1] != "0.0") names.push_back(row[0]);
  return names;
}
std::vector<std::string> sharing_modes(const Sheet& sheet) {
  if (sheet.listing("prof").value(0, "proc_mode") == "shared") return {"cap", "uncap"};
  return {"keep_idle_procs", "share_idle_procs", "share_idle_procs_active", "share_idle_procs_always"};
}

}  // namespace

Definition profile_properties(const std::string& system, const std::string& partition, const std::string& profile) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = fmt::format("Logical Partition Profile Properties - {} of {} on {}", profile, partition, system);
  Source of_profile = source("prof", system, "lssyscfg -r prof",
                             {"name",
                              "lpar_name",
                              "lpar_env",
                              "all_resources",
                              "min_mem",
                              "desired_mem",
                              "max_mem",
                              "min_num_huge_pages",
                              "desired_num_huge_pages",
                              "max_num_huge_pages",
                              "bsr_arrays",
                              "proc_mode",
                              "min_proc_units",
                              "desired_proc_units",
                              "max_proc_units",
                              "min_procs",
                              "desired_procs",
                              "max_procs",
                              "sharing_mode",
                              "uncap_weight",
                              "shared_proc_pool_name",
                              "lpar_proc_compat_mode",
                              "io_slots",
                              "max_virtual_slots",
                              "virtual_serial_adapters",
                              "virtual_scsi_adapters",
                              "virtual_eth_adapters",
                              "virtual_vasi_adapters",
                              "boot_mode",
                              "auto_start",
                              "conn_monitoring",
                              "redundant_err_path_reporting",
                              "work_group_id",
                              "lhea_logical_ports"});
  of_profile.command.words.insert(
      of_profile.command.words.end(),
      {"--filter", fmt::format("{},{}", assignment("lpar_names", partition), assignment("profile_names", profile))});
  sheet->sources = {of_profile, source("sys", system, "lssyscfg -r sys", {"lpar_proc_compat_modes"}),
                    source("pool", system, "lshwres -r procpool", {"name", "max_pool_proc_units"})};
  constexpr auto text = FieldKind::text;
  constexpr auto flag = FieldKind::flag;
  const Changing changing(system, partition, profile);
  sheet->tabs = {
      {"General",
       {{"Profile name", "prof", "name", text, {}, {}, "new_name"},
        {"Partition name", "prof", "lpar_name"},
        {"Environment", "prof", "lpar_env"},
        {"Use all resources in the system", "prof", "all_resources", FieldKind::truth}}},
      {"Processors",
       {{"Processing mode",
         "prof",
         "proc_mode",
         FieldKind::choice,
         {},
         [](const Sheet&) {
           return Words{"shared", "ded"};
         }},
        {"Minimum processing units", "prof", "min_proc_units", text},
        {"Desired processing units", "prof", "desired_proc_units", text},
        {"Maximum processing units", "prof", "max_proc_units", text},
        {"Minimum processors", "prof", "min_procs", text},
        {"Desired processors", "prof", "desired_procs", text},
        {"Maximum processors", "prof", "max_procs", text},
        {"Sharing mode", "prof", "sharing_mode", FieldKind::choice, {}, sharing_modes},
        {"Weight", "prof", "uncap_weight", text},
        {"Shared processor pool", "prof", "shared_proc_pool_name", FieldKind::choice, {}, pools},
        {"Processor compatibility mode", "prof", "lpar_proc_compat_mode", FieldKind::choice, {}, modes}}},
      {"Memory",
       {{"Minimum memory", "prof", "min_mem", text, "MB"},
        {"Desired memory", "prof", "desired_mem", text, "MB"},
        {"Maximum memory", "prof", "max_mem", text, "MB"},
        {"Minimum huge page memory, in pages", "prof", "min_num_huge_pages", text},
        {"Desired huge page memory, in pages", "prof", "desired_num_huge_pages", text},
        {"Maximum huge page memory, in pages", "prof", "max_num_huge_pages", text},
        {"BSR arrays for this profile", "prof", "bsr_arrays", text}}},
      {"I/O", {}, {{"Physical slots", {"DRC index", "Type", "Entry", "Required"}, rows(slots), actions(changing, slots)}}},
      {"Virtual Adapters",
       {{"Maximum virtual adapters", "prof", "max_virtual_slots", text}},
       {{"Virtual adapters", {"Slot", "Type", "Entry", "Required"}, rows(adapters), actions(changing, adapters)}}},
      {"Settings",
       {{"Boot mode",
         "prof",
         "boot_mode",
         FieldKind::choice,
         {},
         [](const Sheet&) {
           return Words{"norm", "sms", "of"};
         }},
        {"Automatically start with managed system", "prof", "auto_start", flag},
        {"Enable connection monitoring", "prof", "conn_monitoring", FieldKind::truth},
        {"Enable redundant error path reporting", "prof", "redundant_err_path_reporting", flag},
        {"Workload Management: partition workload group", "prof", "work_group_id", text}}},
      {"LHEA",
       {},
       {{"Logical Host Ethernet Adapters (LHEA)", {"Adapter", "Type", "Entry", ""}, rows(ports), actions(changing, ports)}}},
  };
  sheet->changes = [changing](const Sheet& changed) {
    const auto pairs = changed.changed_of("prof");
    return pairs.empty() ? std::vector<Command>{} : std::vector<Command>{changing.with(pairs)};
  };
  return sheet;
}

Definition partition_profiles(const std::string& system, const std::string& partition) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = fmt::format("Manage Profiles - {} on {}", partition, system);
  sheet->sources = {
      of_partition(
          source("prof", system, "lssyscfg -r prof", {"name", "proc_mode", "desired_proc_units", "desired_procs", "desired_mem"}),
          partition),
      of_partition(source("lpar", system, "lssyscfg -r lpar", {"state", "default_profile", "curr_profile"}), partition)};
  const auto name = [](const Sheet& from, size_t row) { return from.listing("prof").value(row, "name"); };
  sheet->tabs = {
      {"Profiles",
       {{"State", "lpar", "state"},
        {"Last activated profile", "lpar", "curr_profile"},
        {"Default profile", "lpar", "default_profile"}},
       {{"Profiles",
         {"Profile name", "Processing mode", "Processing units", "Processors", "Memory (MB)"},
         listed_rows("prof", {"name", "proc_mode", "desired_proc_units", "desired_procs", "desired_mem"}),
         {{"O", "Edit",
           [=](const Sheet& from, size_t row) {
             return Deed{{}, profile_properties(system, partition, name(from, row)), {}};
           }},
          {"A", "Activate",
           [=](const Sheet& from, size_t row) {
             return Deed{{command(system, "chsysstate -r lpar -o on", {"-n", partition, "-f", name(from, row)})}, {}, {}};
           }},
          {"D", "Delete", [=](const Sheet& from, size_t row) {
             return Deed{{command(system, "rmsyscfg -r prof", {"-n", name(from, row), "-p", partition})}, {}, {}};
           }}}}}}};
  return sheet;
}

}  // namespace emu::app::console
