// SPDX-License-Identifier: GPL-2.0-or-later
// Dynamic operations on a partition that runs: what is typed for memory and processors is what it is to have, and what is added or taken for
// that comes out. (docs/dlpar.md)
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/app/console/sheets/sheets.h"

namespace emu::app::console {

namespace {

struct Place {
  std::string system, partition;
};

// -w, -d and --force as the tab of options has them.
void add_options(const Sheet& sheet, Words& words) {
  if (const std::string minutes = sheet.value("-w"); !minutes.empty()) words.insert(words.end(), {"-w", minutes});
  if (const std::string detail = sheet.value("-d"); !detail.empty() && detail != "0") words.insert(words.end(), {"-d", detail});
  if (sheet.value("--force") == "1") words.emplace_back("--force");
}

Command operation(const Sheet& sheet, const Place& place, std::string_view line, Words more) {
  Words words{"-p", place.partition};
  words.insert(words.end(), more.begin(), more.end());
  add_options(sheet, words);
  return command(place.system, line, words);
}

// Added or removed, so that it has what was typed. Hundredths of processors and megabytes are both exact so.
void add_difference(const Sheet& sheet, const Place& place, std::string_view source, const char* attribute, std::string_view what,
                    const char* option, std::vector<Command>& commands) {
  const std::string before = sheet.listing(source).value(0, attribute), now = sheet.value(attribute);
  if (now == before || now.empty()) return;
  const long difference = std::lround(std::atof(now.c_str()) * 100) - std::lround(std::atof(before.c_str()) * 100);
  if (difference == 0) return;
  commands.push_back(operation(sheet, place, fmt::format("chhwres -r {} -o {}", what, difference > 0 ? "a" : "r"),
                               {option, fmt::format("{:g}", static_cast<double>(std::labs(difference)) / 100)}));
}

std::vector<Command> changes(const Sheet& sheet, const Place& place) {
  std::vector<Command> commands;
  add_difference(sheet, place, "mem", "curr_mem", "mem", "-q", commands);
  add_difference(sheet, place, "proc", "curr_procs", "proc", "--procs", commands);
  add_difference(sheet, place, "proc", "curr_proc_units", "proc", "--procunits", commands);
  std::vector<std::string> pairs;
  const auto compare = [&](const char* listed, const char* set) {
    if (const std::string now = sheet.value(listed); now != sheet.listing("proc").value(0, listed))
      pairs.push_back(assignment(set, now));
  };
  compare("curr_sharing_mode", "sharing_mode");
  compare("curr_uncap_weight", "uncap_weight");
  const auto set = [&](std::string_view line) {
    if (pairs.empty()) return;
    commands.push_back(command(place.system, line, {"-p", place.partition, "-a", fmt::format("{}", fmt::join(pairs, ","))}));
    pairs.clear();
  };
  set("chhwres -r proc -o s");
  compare("curr_shared_proc_pool_name", "shared_proc_pool_name");
  set("chhwres -r procpool -o s");
  return commands;
}

struct Added {
  const char* name;  // in the list of types, and in the table of adapters
  const char* rsubtype;
  const char* adapter_type;  // null: it has none
};
constexpr Added added[] = {
    {"Ethernet", "eth", nullptr},          {"Client SCSI", "scsi", "client"},     {"Server SCSI", "scsi", "server"},
    {"Client Serial", "serial", "client"}, {"Server Serial", "serial", "server"}, {"VASI", "vasi", nullptr},
};
const Added* added_named(std::string_view name) {
  for (const Added& each : added)
    if (name == each.name) return &each;
  return nullptr;
}

std::vector<std::string> types(const Sheet&) {
  std::vector<std::string> names;
  for (const Added& each : added) names.emplace_back(each.name);
  return names;
}

Deed add_adapter(const Sheet& sheet, const Place& place) {
  const Added* const type = added_named(sheet.value("type"));
  if (!type) return {};
  std::vector<std::string> pairs;
  const auto give = [&](const char* attribute) {
    if (const std::string value = sheet.value(attribute); !value.empty()) pairs.push_back(assignment(attribute, value));
  };
  if (type->adapter_type) {
    pairs.push_back(assignment("adapter_type", type->adapter_type));
    give("remote_lpar_name");
    give("remote_slot_num");
  } else if (std::string_view(type->rsubtype) == "eth") {
    give("port_vlan_id");
    give("addl_vlan_ids");
    if (!sheet.value("trunk_priority").empty()) pairs.emplace_back("is_trunk=1");
    give("trunk_priority");
  }
  Words words{"--rsubtype", type->rsubtype};
  if (const std::string slot = sheet.value("slot_num"); !slot.empty()) words.insert(words.end(), {"-s", slot});
  if (!pairs.empty()) words.insert(words.end(), {"-a", fmt::format("{}", fmt::join(pairs, ","))});
  return {{operation(sheet, place, "chhwres -r virtualio -o a", words)}, {}, {}};
}

Deed remove_adapter(const Sheet& sheet, size_t row, const Place& place) {
  const auto rows = virtual_adapters(sheet);
  const Added* const type = row < rows.size() ? added_named(rows[row][1]) : nullptr;
  if (!type) return {};
  return {{operation(sheet, place, "chhwres -r virtualio -o r", {"--rsubtype", type->rsubtype, "-s", rows[row][0]})}, {}, {}};
}

Deed slot(const Sheet& sheet, size_t row, const Place& place, std::string_view letter) {
  return {{operation(sheet, place, fmt::format("chhwres -r io -o {}", letter),
                     {"-l", sheet.listing("slot").value(row, "drc_index")})},
          {},
          {}};
}

Deed add_port(const Sheet& sheet, const Place& place) {
  Words words{"-l",         sheet.value("adapter_id"),   "-g",        sheet.value("port_group"),
              "--physport", sheet.value("phys_port_id"), "--logport", sheet.value("logical_port_id")};
  if (const std::string vlans = sheet.value("vlan_id_list"); !vlans.empty())
    words.insert(words.end(), {"-a", assignment("vlan_id_list", vlans)});
  return {{operation(sheet, place, "chhwres -r hea -o a", words)}, {}, {}};
}

Deed remove_port(const Sheet& sheet, size_t row, const Place& place) {
  const Listing& ports = sheet.listing("lhea");
  return {{operation(sheet, place, "chhwres -r hea -o r",
                     {"-l", ports.value(row, "adapter_id"), "-g", ports.value(row, "port_group"), "--logport",
                      ports.value(row, "logical_port_id")})},
          {},
          {}};
}

std::vector<std::string> pools(const Sheet& sheet) {
  std::vector<std::string> names;
  for (const Words& row : sheet.listing("pool").rows)
    if (row[1] != "0.0") names.push_back(row[0]);
  return names;
}

std::vector<std::string> sharing(const Sheet& sheet) {
  if (sheet.listing("proc").value(0, "curr_proc_mode") == "shared") return {"cap", "uncap"};
  return {"keep_idle_procs", "share_idle_procs", "share_idle_procs_active", "share_idle_procs_always"};
}

}  // namespace

Definition dynamic_operations(const std::string& system, const std::string& partition) {
  auto sheet = std::make_shared<SheetDefinition>();
  const Place place{system, partition};
  sheet->title = fmt::format("Dynamic Logical Partitioning - {} on {}", partition, system);
  sheet->sources = virtual_adapter_sources(system, partition);
  const auto add = [&](Source more) { sheet->sources.push_back(of_partition(std::move(more), partition)); };
  add(source("lpar", system, "lssyscfg -r lpar", {"state", "rmc_state"}));
  add(source("mem", system, "lshwres -r mem --level lpar", {"curr_min_mem", "curr_mem", "curr_max_mem", "run_mem"}));
  add(source(
      "proc", system, "lshwres -r proc --level lpar",
      {"curr_proc_mode", "curr_min_proc_units", "curr_proc_units", "curr_max_proc_units", "curr_min_procs", "curr_procs",
       "curr_max_procs", "run_proc_units", "run_procs", "curr_sharing_mode", "curr_uncap_weight", "curr_shared_proc_pool_name"}));
  add(source("lhea", system, "lshwres -r hea --rsubtype logical --level port",
             {"adapter_id", "port_group", "phys_port_id", "logical_port_id", "vlan_id_list"}));
  sheet->sources.push_back(source("slot", system, "lshwres -r io --rsubtype slot",
                                  {"drc_index", "unit_phys_loc", "phys_loc", "description", "lpar_name"}));
  sheet->sources.push_back(source("pool", system, "lshwres -r procpool", {"name", "max_pool_proc_units"}));
  sheet->sources.push_back(source("free", system, "lshwres -r mem --level sys", {"curr_avail_sys_mem", "mem_region_size"}));
  sheet->sources.push_back(source("units", system, "lshwres -r proc --level sys", {"curr_avail_sys_proc_units"}));
  constexpr auto text = FieldKind::text;
  const auto typed = [](std::string label, std::string name) {
    return Field{std::move(label), "", std::move(name), FieldKind::text};
  };
  sheet->tabs = {
      {"Memory",
       {{"State", "lpar", "state"},
        {"RMC", "lpar", "rmc_state"},
        {"Available memory of the system", "free", "curr_avail_sys_mem", FieldKind::shown, "MB"},
        {"Logical memory block size", "free", "mem_region_size", FieldKind::shown, "MB"},
        {"Minimum", "mem", "curr_min_mem", FieldKind::shown, "MB"},
        {"Assigned memory", "mem", "curr_mem", text, "MB"},
        {"Maximum", "mem", "curr_max_mem", FieldKind::shown, "MB"},
        {"The operating system runs with", "mem", "run_mem", FieldKind::shown, "MB"}}},
      {"Processors",
       {{"Available processing units of the system", "units", "curr_avail_sys_proc_units"},
        {"Minimum processing units", "proc", "curr_min_proc_units"},
        {"Assigned processing units", "proc", "curr_proc_units", text},
        {"Maximum processing units", "proc", "curr_max_proc_units"},
        {"Minimum processors", "proc", "curr_min_procs"},
        {"Assigned processors", "proc", "curr_procs", text},
        {"Maximum processors", "proc", "curr_max_procs"},
        {"The operating system runs with", "proc", "run_procs"},
        {"Sharing mode", "proc", "curr_sharing_mode", FieldKind::choice, {}, sharing},
        {"Weight", "proc", "curr_uncap_weight", text},
        {"Shared processor pool", "proc", "curr_shared_proc_pool_name", FieldKind::choice, {}, pools}}},
      {"Physical Adapters",
       {},
       {{"Physical slots of the system",
         {"DRC index", "Unit", "Slot", "Description", "Owner"},
         listed_rows("slot", {"drc_index", "unit_phys_loc", "phys_loc", "description", "lpar_name"}),
         {{"A", "Add", [place](const Sheet& from, size_t row) { return slot(from, row, place, "a"); }},
          {"R", "Remove", [place](const Sheet& from, size_t row) { return slot(from, row, place, "r"); }}}}}},
      {"Virtual Adapters",
       {{"New adapter", "", "type", FieldKind::choice, {}, types, {}, "Ethernet"},
        typed("Slot (empty: a free one)", "slot_num"),
        typed("VLAN ID", "port_vlan_id"),
        typed("Additional VLAN IDs", "addl_vlan_ids"),
        typed("Trunk priority (access external network)", "trunk_priority"),
        typed("Connecting partition", "remote_lpar_name"),
        typed("Connecting slot", "remote_slot_num")},
       {{"Virtual adapters",
         {"Slot", "Type", "Connects to", "Required"},
         virtual_adapters,
         {{"R", "Remove", [place](const Sheet& from, size_t row) { return remove_adapter(from, row, place); }}}}},
       {{"N", "Add the new adapter", [place](const Sheet& from, size_t) { return add_adapter(from, place); }}}},
      {"Host Ethernet",
       {typed("Adapter", "adapter_id"), typed("Port group", "port_group"), typed("Physical port", "phys_port_id"),
        typed("Logical port", "logical_port_id"), typed("VLANs (all, none, or IDs)", "vlan_id_list")},
       {{"Logical ports",
         {"Adapter", "Port group", "Physical port", "Logical port", "VLANs"},
         listed_rows("lhea", {"adapter_id", "port_group", "phys_port_id", "logical_port_id", "vlan_id_list"}),
         {{"R", "Remove", [place](const Sheet& from, size_t row) { return remove_port(from, row, place); }}}}},
       {{"N", "Add the logical port", [place](const Sheet& from, size_t) { return add_port(from, place); }}}},
      {"Options",
       {typed("Timeout (minutes)", "-w"),
        {"Detail level",
         "",
         "-d",
         FieldKind::choice,
         {},
         [](const Sheet&) { return Words{"0", "1", "2", "3", "4", "5"}; },
         {},
         "0"},
        {"Force", "", "--force", FieldKind::flag, {}, {}, {}, "0"}}},
  };
  sheet->changes = [place](const Sheet& changed) { return changes(changed, place); };
  return sheet;
}

}  // namespace emu::app::console
