// SPDX-License-Identifier: GPL-2.0-or-later
// Redbook, figures 3-2, 3-3, 3-7, 3-9, 3-11, 3-13, 3-18 and 3-19: the properties of a partition.
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/app/console/sheets/sheets.h"

namespace emu::app::console {

namespace {

std::vector<std::string> profile_names(const Sheet& sheet) {
  std::vector<std::string> names;
  const Listing& profiles = sheet.listing("prof");
  for (size_t i = 0; i < profiles.rows.size(); ++i) names.push_back(profiles.value(i, "name"));
  return names;
}

std::vector<std::string> boot_modes(const Sheet&) { return {"norm", "sms", "of"}; }

// Of all slots of the system, those of the partition.
std::function<std::vector<Words>(const Sheet&)> slots_of(const std::string& partition) {
  return [partition](const Sheet& sheet) {
    std::vector<Words> rows;
    const Listing& slots = sheet.listing("slot");
    for (size_t i = 0; i < slots.rows.size(); ++i)
      if (slots.value(i, "lpar_name") == partition)
        rows.push_back({slots.value(i, "drc_index"), slots.value(i, "unit_phys_loc") + "-" + slots.value(i, "phys_loc"),
                        slots.value(i, "description")});
    return rows;
  };
}

std::string yes(const std::string& flag) { return flag == "1" ? "Yes" : "No"; }

}  // namespace

// Slot, type, connection, required: of what is there now.
std::vector<Words> virtual_adapters(const Sheet& sheet) {
  std::vector<Words> rows;
  const Listing& scsi = sheet.listing("scsi");
  for (size_t i = 0; i < scsi.rows.size(); ++i)
    rows.push_back({scsi.value(i, "slot_num"), scsi.value(i, "adapter_type") == "server" ? "Server SCSI" : "Client SCSI",
                    fmt::format("{} slot {}", scsi.value(i, "remote_lpar_name"), scsi.value(i, "remote_slot_num")),
                    yes(scsi.value(i, "is_required"))});
  const Listing& ethernet = sheet.listing("eth");
  for (size_t i = 0; i < ethernet.rows.size(); ++i) {
    const std::string more = ethernet.value(i, "addl_vlan_ids");
    rows.push_back({ethernet.value(i, "slot_num"), "Ethernet",
                    fmt::format("VLAN {}{}{}", ethernet.value(i, "port_vlan_id"), more.empty() ? "" : "," + more,
                                ethernet.value(i, "is_trunk") == "1" ? ", access external network" : ""),
                    yes(ethernet.value(i, "is_required"))});
  }
  const Listing& serial = sheet.listing("serial");
  for (size_t i = 0; i < serial.rows.size(); ++i)
    rows.push_back({serial.value(i, "slot_num"), serial.value(i, "adapter_type") == "client" ? "Client Serial" : "Server Serial",
                    serial.value(i, "remote_lpar_name"), yes(serial.value(i, "is_required"))});
  const Listing& vasi = sheet.listing("vasi");
  for (size_t i = 0; i < vasi.rows.size(); ++i) rows.push_back({vasi.value(i, "slot_num"), "VASI", "", ""});
  std::ranges::stable_sort(rows, {}, [](const Words& row) { return std::atoi(row[0].c_str()); });
  return rows;
}

std::vector<Source> virtual_adapter_sources(const std::string& system, const std::string& partition) {
  const auto listed = [&](const char* id, const char* type, std::vector<std::string> names) {
    return of_partition(
        source(id, system, fmt::format("lshwres -r virtualio --rsubtype {} --level lpar", type), std::move(names)), partition);
  };
  return {listed("scsi", "scsi", {"slot_num", "is_required", "adapter_type", "remote_lpar_name", "remote_slot_num"}),
          listed("eth", "eth", {"slot_num", "is_required", "is_trunk", "port_vlan_id", "addl_vlan_ids", "mac_addr"}),
          listed("serial", "serial", {"slot_num", "is_required", "adapter_type", "remote_lpar_name"}),
          listed("vasi", "vasi", {"slot_num"}), listed("virtual", "slot", {"curr_max_virtual_slots", "next_avail_virtual_slot"})};
}

Definition partition_properties(const std::string& system, const std::string& partition) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = fmt::format("Partition Properties - {} on {}", partition, system);
  sheet->sources = virtual_adapter_sources(system, partition);
  const auto add = [&](Source more) { sheet->sources.push_back(of_partition(std::move(more), partition)); };
  add(source("lpar", system, "lssyscfg -r lpar",
             {"name",
              "lpar_id",
              "lpar_env",
              "state",
              "os_version",
              "curr_profile",
              "default_profile",
              "msp",
              "time_ref",
              "auto_start",
              "boot_mode",
              "redundant_err_path_reporting",
              "work_group_id",
              "allow_perf_collection",
              "lpar_avail_priority",
              "rmc_state",
              "rmc_ipaddr",
              "migration_disabled",
              "logical_serial_num",
              "curr_lpar_proc_compat_mode",
              "desired_lpar_proc_compat_mode"}));
  add(source("prof", system, "lssyscfg -r prof", {"name", "bsr_arrays"}));
  add(source(
      "mem", system, "lshwres -r mem --level lpar",
      {"curr_min_mem", "curr_mem", "curr_max_mem", "curr_min_num_huge_pages", "curr_num_huge_pages", "curr_max_num_huge_pages"}));
  add(source("proc", system, "lshwres -r proc --level lpar",
             {"curr_proc_mode", "curr_min_proc_units", "curr_proc_units", "curr_max_proc_units", "curr_min_procs", "curr_procs",
              "curr_max_procs", "curr_sharing_mode", "curr_uncap_weight", "curr_shared_proc_pool_name"}));
  add(source("lhea", system, "lshwres -r hea --rsubtype logical --level port",
             {"adapter_id", "port_group", "phys_port_id", "logical_port_id", "vlan_id_list"}));
  sheet->sources.push_back(source("slot", system, "lshwres -r io --rsubtype slot",
                                  {"drc_index", "unit_phys_loc", "phys_loc", "description", "lpar_name"}));
  constexpr auto flag = FieldKind::flag;
  const auto opens = [](Definition (*make)(const std::string&, const std::string&), std::string of, std::string name) {
    return [=](const Sheet&, size_t) { return Deed{{}, make(of, name), {}}; };
  };
  const std::vector<Action> elsewhere{{"L", "Manage Profiles", opens(partition_profiles, system, partition)},
                                      {"D", "Dynamic Logical Partitioning", opens(dynamic_operations, system, partition)}};
  sheet->tabs = {
      {"General",
       {{"Name", "lpar", "name", FieldKind::text, {}, {}, "new_name"},
        {"ID", "lpar", "lpar_id"},
        {"Environment", "lpar", "lpar_env"},
        {"State", "lpar", "state"},
        {"Operating system", "lpar", "os_version"},
        {"System", "", "system", FieldKind::shown, {}, {}, {}, system},
        {"Last activated profile", "lpar", "curr_profile"},
        {"Default profile", "lpar", "default_profile", FieldKind::choice, {}, profile_names},
        {"Mover service partition", "lpar", "msp", flag},
        {"Migration disabled", "lpar", "migration_disabled", flag},
        {"RMC", "lpar", "rmc_state"},
        {"RMC address", "lpar", "rmc_ipaddr", FieldKind::text}},
       {},
       elsewhere},
      {"Hardware: Processors",
       {{"Processing mode", "proc", "curr_proc_mode"},
        {"Minimum processing units", "proc", "curr_min_proc_units"},
        {"Assigned processing units", "proc", "curr_proc_units"},
        {"Maximum processing units", "proc", "curr_max_proc_units"},
        {"Minimum processors", "proc", "curr_min_procs"},
        {"Assigned processors", "proc", "curr_procs"},
        {"Maximum processors", "proc", "curr_max_procs"},
        {"Sharing mode", "proc", "curr_sharing_mode"},
        {"Weight", "proc", "curr_uncap_weight"},
        {"Shared processor pool", "proc", "curr_shared_proc_pool_name"},
        {"Processor compatibility mode", "lpar", "curr_lpar_proc_compat_mode"},
        {"Configured for the next activation", "lpar", "desired_lpar_proc_compat_mode"}}},
      {"Hardware: Memory",
       {{"Minimum memory", "mem", "curr_min_mem", FieldKind::shown, "MB"},
        {"Assigned memory", "mem", "curr_mem", FieldKind::shown, "MB"},
        {"Maximum memory", "mem", "curr_max_mem", FieldKind::shown, "MB"},
        {"Minimum huge pages", "mem", "curr_min_num_huge_pages"},
        {"Assigned huge pages", "mem", "curr_num_huge_pages"},
        {"Maximum huge pages", "mem", "curr_max_num_huge_pages"}},
       {{"Barrier synchronization registers, by profile",
         {"Profile", "BSR arrays"},
         listed_rows("prof", {"name", "bsr_arrays"})}}},
      {"Hardware: I/O", {}, {{"Physical slots", {"DRC index", "Location", "Description"}, slots_of(partition)}}, elsewhere},
      {"Virtual Adapters",
       {{"Maximum virtual adapters", "virtual", "curr_max_virtual_slots"},
        {"Next free slot", "virtual", "next_avail_virtual_slot"}},
       {{"Virtual adapters", {"Slot", "Type", "Connects to", "Required"}, virtual_adapters}},
       elsewhere},
      {"Settings",
       {{"Boot mode", "lpar", "boot_mode", FieldKind::choice, {}, boot_modes},
        {"Automatically start with managed system", "lpar", "auto_start", flag},
        {"Time reference", "lpar", "time_ref", flag},
        {"Redundant error path reporting", "lpar", "redundant_err_path_reporting", FieldKind::truth}}},
      {"Other",
       {{"New partition workload group", "lpar", "work_group_id", FieldKind::text},
        {"Allow performance information collection", "lpar", "allow_perf_collection", flag},
        {"Partition availability priority", "lpar", "lpar_avail_priority", FieldKind::text}}},
      {"LHEA",
       {},
       {{"Logical host Ethernet adapters (LHEA)",
         {"Adapter", "Port group", "Physical port", "Logical port", "VLANs"},
         listed_rows("lhea", {"adapter_id", "port_group", "phys_port_id", "logical_port_id", "vlan_id_list"})}},
       elsewhere},
  };
  sheet->changes = [system, partition](const Sheet& changed) {
    const auto pairs = changed.changed_of("lpar");
    if (pairs.empty()) return std::vector<Command>{};
    return std::vector<Command>{
        command(system, "chsyscfg -r lpar", {"-i", fmt::format("{},{}", assignment("name", partition), fmt::join(pairs, ","))})};
  };
  return sheet;
}

}  // namespace emu::app::console
