// SPDX-License-Identifier: GPL-2.0-or-later
// Redbook, figure 4-3: a new partition and its profile, by one mksyscfg.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/app/console/sheets/sheets.h"

namespace emu::app::console {

namespace {

// In the order in which mksyscfg is given them.
constexpr const char* given[] = {"name",
                                 "lpar_id",
                                 "profile_name",
                                 "lpar_env",
                                 "msp",
                                 "time_ref",
                                 "min_mem",
                                 "desired_mem",
                                 "max_mem",
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
                                 "virtual_scsi_adapters",
                                 "virtual_eth_adapters",
                                 "virtual_vasi_adapters",
                                 "lhea_logical_ports",
                                 "boot_mode",
                                 "auto_start",
                                 "work_group_id",
                                 "redundant_err_path_reporting"};

bool of_servers(std::string_view name) { return name == "msp" || name == "virtual_vasi_adapters"; }
bool of_sharing(std::string_view name) {
  return name.ends_with("_proc_units") || name == "sharing_mode" || name == "uncap_weight";
}

std::vector<Command> make(const Sheet& sheet, const std::string& system) {
  std::vector<std::string> pairs;
  const bool server = sheet.value("lpar_env") == "vioserver", shared = sheet.value("proc_mode") == "shared";
  for (const char* const name : given) {
    const std::string value = sheet.value(name);
    if (value.empty() || (!server && of_servers(name)) || (!shared && of_sharing(name))) continue;
    pairs.push_back(assignment(name, value));
  }
  return {command(system, "mksyscfg -r lpar", {"-i", fmt::format("{}", fmt::join(pairs, ","))})};
}

}  // namespace

Definition new_partition(const std::string& system) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = "Create Lpar Wizard - " + system;
  sheet->finish = "Finish";
  sheet->once = true;
  sheet->sources = {
      source("slot", system, "lshwres -r io --rsubtype slot", {"drc_index", "phys_loc", "description", "lpar_name"}),
      source("hea", system, "lshwres -r hea --rsubtype phys --level port_group",
             {"adapter_id", "port_group", "phys_port_ids", "unassigned_logical_port_ids"}),
      source("mem", system, "lshwres -r mem --level sys", {"curr_avail_sys_mem", "mem_region_size"}),
      source("proc", system, "lshwres -r proc --level sys", {"curr_avail_sys_proc_units"})};
  const auto typed = [](std::string label, std::string name, std::string begins = "", std::string unit = "") {
    return Field{std::move(label), "", std::move(name), FieldKind::text, std::move(unit), {}, {}, std::move(begins)};
  };
  const auto flag = [](std::string label, std::string name) {
    return Field{std::move(label), "", std::move(name), FieldKind::flag, {}, {}, {}, "0"};
  };
  const auto choice = [](std::string label, std::string name, Words options) {
    return Field{std::move(label), "", std::move(name), FieldKind::choice, {}, [options](const Sheet&) { return options; }, {},
                 options[0]};
  };
  sheet->tabs = {
      {"Create Partition",
       {choice("Environment", "lpar_env", {"aixlinux", "vioserver"}), typed("Partition ID", "lpar_id"),
        typed("Partition name", "name"), flag("Mover service partition", "msp"), flag("Time reference", "time_ref"),
        typed("Profile name", "profile_name", "default")}},
      {"Processors",
       {{"Available processing units", "proc", "curr_avail_sys_proc_units"},
        choice("Processing mode", "proc_mode", {"shared", "ded"}),
        typed("Minimum processing units", "min_proc_units", "0.1"),
        typed("Desired processing units", "desired_proc_units", "0.2"),
        typed("Maximum processing units", "max_proc_units", "1.0"),
        typed("Minimum processors", "min_procs", "1"),
        typed("Desired processors", "desired_procs", "1"),
        typed("Maximum processors", "max_procs", "1"),
        choice("Sharing mode", "sharing_mode", {"uncap", "cap"}),
        typed("Weight", "uncap_weight", "128")}},
      {"Memory",
       {{"Available memory", "mem", "curr_avail_sys_mem", FieldKind::shown, "MB"},
        {"Logical memory block size", "mem", "mem_region_size", FieldKind::shown, "MB"},
        typed("Minimum memory", "min_mem", "128", "MB"),
        typed("Desired memory", "desired_mem", "256", "MB"),
        typed("Maximum memory", "max_mem", "256", "MB")}},
      {"I/O",
       {typed("Slots (DRC index/none/required)", "io_slots")},
       {{"Physical slots",
         {"DRC index", "Slot", "Description", "Owner"},
         listed_rows("slot", {"drc_index", "phys_loc", "description", "lpar_name"})}}},
      {"Virtual Adapters",
       {typed("Maximum virtual adapters", "max_virtual_slots", "20"),
        typed("Virtual SCSI (slot/client/ID/name/slot/required)", "virtual_scsi_adapters"),
        typed("Virtual Ethernet (slot/0/VLAN//0/0)", "virtual_eth_adapters"),
        typed("Virtual VASI (slot)", "virtual_vasi_adapters")}},
      {"LHEA",
       {typed("Logical ports (adapter/group/port/logical port/VLANs)", "lhea_logical_ports")},
       {{"Port groups",
         {"Adapter", "Port group", "Physical ports", "Free logical ports"},
         listed_rows("hea", {"adapter_id", "port_group", "phys_port_ids", "unassigned_logical_port_ids"})}}},
      {"Settings",
       {choice("Boot mode", "boot_mode", {"norm", "sms", "of"}), flag("Automatically start with managed system", "auto_start"),
        typed("Partition workload group", "work_group_id"),
        flag("Enable redundant error path reporting", "redundant_err_path_reporting")}},
  };
  sheet->changes = [system](const Sheet& filled) { return make(filled, system); };
  return sheet;
}

}  // namespace emu::app::console
