// SPDX-License-Identifier: GPL-2.0-or-later
// Redbook, figures 3-2 and 3-15: the properties of a managed system.
#include "emu/app/console/sheets/sheets.h"

namespace emu::app::console {

namespace {

constexpr auto truth = FieldKind::truth;

// Partition IDs, and none.
std::vector<std::string> service_partitions(const Sheet& sheet) {
  std::vector<std::string> ids{"none"};
  const Listing& partitions = sheet.listing("lpar");
  for (size_t i = 0; i < partitions.rows.size(); ++i) ids.push_back(partitions.value(i, "lpar_id"));
  return ids;
}

std::vector<Command> changes(const Sheet& sheet, const std::string& system) {
  std::vector<Command> commands;
  const auto join = [](const std::vector<std::string>& pairs) {
    std::string data;
    for (const std::string& pair : pairs) data += (data.empty() ? "" : ",") + pair;
    return data;
  };
  if (const auto pairs = sheet.changed_of("sys"); !pairs.empty())
    commands.push_back(command(system, "chsyscfg -r sys", {"-i", join(pairs)}));
  if (const auto pairs = sheet.changed_of("mem"); !pairs.empty())
    commands.push_back(command(system, "chhwres -r mem -o s", {"-a", join(pairs)}));
  return commands;
}

}  // namespace

Definition system_properties(const std::string& system) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = "Properties - " + system;
  const std::vector<std::pair<const char*, const char*>> capabilities = {
      {"Active partition mobility", "active_lpar_mobility_capable"},
      {"Inactive partition mobility", "inactive_lpar_mobility_capable"},
      {"Barrier synchronization registers", "bsr_capable"},
      {"Huge page memory", "huge_page_mem_capable"},
      {"Logical host Ethernet adapters", "lhea_capable"},
      {"Micro-partitioning", "micro_lpar_capable"},
      {"Virtual I/O Server", "virtual_io_server_capable"},
      {"Redundant error path reporting", "redundant_err_path_reporting_capable"},
      {"Partition processor compatibility mode", "lpar_proc_compat_mode_capable"},
      {"Capacity on Demand memory", "cod_mem_capable"},
      {"Capacity on Demand processors", "cod_proc_capable"},
      {"i5/OS", "os400_capable"},
  };
  Tab capable{"Capabilities", {{"Processor compatibility modes", "sys", "lpar_proc_compat_modes"}}};
  std::vector<std::string> of_system{"name",      "type_model",      "serial_num", "state",
                                     "max_lpars", "service_lpar_id", "sys_time",   "lpar_proc_compat_modes"};
  for (const auto& [label, name] : capabilities) {
    of_system.emplace_back(name);
    capable.fields.push_back({label, "sys", name, truth});
  }
  sheet->sources = {
      source("sys", system, "lssyscfg -r sys", of_system),
      source("lpar", system, "lssyscfg -r lpar", {"name", "lpar_id", "lpar_env", "state"}),
      source("mem", system, "lshwres -r mem --level sys",
             {"installed_sys_mem", "configurable_sys_mem", "curr_avail_sys_mem", "pend_avail_sys_mem", "sys_firmware_mem",
              "mem_region_size", "configurable_num_sys_huge_pages", "curr_avail_num_sys_huge_pages",
              "requested_num_sys_huge_pages", "max_num_sys_huge_pages", "huge_page_size"}),
      source("proc", system, "lshwres -r proc --level sys",
             {"installed_sys_proc_units", "configurable_sys_proc_units", "curr_avail_sys_proc_units", "pend_avail_sys_proc_units",
              "min_proc_units_per_virtual_proc", "max_virtual_procs_per_lpar", "max_procs_per_lpar"}),
      source("slot", system, "lshwres -r io --rsubtype slot",
             {"drc_index", "unit_phys_loc", "phys_loc", "description", "lpar_name"}),
      source("migr", system, "lslparmigr -r sys",
             {"num_active_migrations_supported", "num_active_migrations_in_progress", "num_inactive_migrations_supported",
              "num_inactive_migrations_in_progress"}),
  };
  sheet->tabs = {
      {"General",
       {{"Name", "sys", "name"},
        {"Machine type and model", "sys", "type_model"},
        {"Serial number", "sys", "serial_num"},
        {"State", "sys", "state"},
        {"Service partition ID", "sys", "service_lpar_id", FieldKind::choice, {}, service_partitions},
        {"Maximum partitions", "sys", "max_lpars"},
        {"Time of day", "sys", "sys_time"}},
       {{"Partitions",
         {"Name", "ID", "Environment", "Status"},
         listed_rows("lpar", {"name", "lpar_id", "lpar_env", "state"}),
         {{"O", "Properties",
           [system](const Sheet& from, size_t row) {
             return Deed{{}, partition_properties(system, from.listing("lpar").value(row, "name")), {}};
           }}}}},
       {{"N", "Create Logical Partition",
         [system](const Sheet&, size_t) {
           return Deed{{}, new_partition(system), {}};
         }}}},
      {"Processors",
       {{"Installed", "proc", "installed_sys_proc_units"},
        {"Configurable", "proc", "configurable_sys_proc_units"},
        {"Available for partition usage", "proc", "curr_avail_sys_proc_units"},
        {"Available when pending changes are done", "proc", "pend_avail_sys_proc_units"},
        {"Minimum for each virtual processor", "proc", "min_proc_units_per_virtual_proc"},
        {"Maximum virtual processors of a partition", "proc", "max_virtual_procs_per_lpar"},
        {"Maximum processors of a partition", "proc", "max_procs_per_lpar"}},
       {},
       {{"P", "Shared Processor Pools",
         [system](const Sheet&, size_t) {
           return Deed{{}, processor_pools(system), {}};
         }}}},
      {"Memory",
       {{"Installed memory", "mem", "installed_sys_mem", FieldKind::shown, "MB"},
        {"Configurable memory", "mem", "configurable_sys_mem", FieldKind::shown, "MB"},
        {"Current memory available for partition usage", "mem", "curr_avail_sys_mem", FieldKind::shown, "MB"},
        {"Available when pending changes are done", "mem", "pend_avail_sys_mem", FieldKind::shown, "MB"},
        {"System firmware", "mem", "sys_firmware_mem", FieldKind::shown, "MB"},
        {"Logical memory block size", "mem", "mem_region_size", FieldKind::shown, "MB"}}},
      {"I/O",
       {},
       {{"Physical slots",
         {"DRC index", "Unit", "Slot", "Description", "Owner"},
         listed_rows("slot", {"drc_index", "unit_phys_loc", "phys_loc", "description", "lpar_name"})}},
       {{"H", "Host Ethernet",
         [system](const Sheet&, size_t) {
           return Deed{{}, host_ethernet(system), {}};
         }}}},
      {"Migration",
       {{"Active migrations supported", "migr", "num_active_migrations_supported"},
        {"Active migrations in progress", "migr", "num_active_migrations_in_progress"},
        {"Inactive migrations supported", "migr", "num_inactive_migrations_supported"},
        {"Inactive migrations in progress", "migr", "num_inactive_migrations_in_progress"}}},
      capable,
      {"Advanced",
       {{"Huge page size", "mem", "huge_page_size", FieldKind::shown, "MB"},
        {"Current configurable huge pages", "mem", "configurable_num_sys_huge_pages"},
        {"Current available huge pages", "mem", "curr_avail_num_sys_huge_pages"},
        {"Requested huge pages (with the next power-on)", "mem", "requested_num_sys_huge_pages", FieldKind::text},
        {"Maximum huge pages", "mem", "max_num_sys_huge_pages"}}},
  };
  sheet->changes = [system](const Sheet& changed) { return changes(changed, system); };
  return sheet;
}

}  // namespace emu::app::console
