// SPDX-License-Identifier: GPL-2.0-or-later
// Redbook, figure 6-6: the partitions of all systems in one table. One that migrates is in it twice.
#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "emu/app/console/sheets/sheets.h"

namespace emu::app::console {

namespace {

// What is listed of the partition with that ID.
std::string found(const Listing& listing, const std::string& id, std::string_view name) {
  for (size_t i = 0; i < listing.rows.size(); ++i)
    if (listing.value(i, "lpar_id") == id) return listing.value(i, name);
  return "";
}

std::vector<Words> rows(const Sheet& sheet, const std::vector<std::string>& systems) {
  std::vector<Words> rows;
  for (const std::string& system : systems) {
    const Listing& partitions = sheet.listing("lpar " + system);
    for (size_t i = 0; i < partitions.rows.size(); ++i) {
      const std::string id = partitions.value(i, "lpar_id");
      const std::string memory = found(sheet.listing("mem " + system), id, "curr_mem");
      rows.push_back({partitions.value(i, "name"), id, system, partitions.value(i, "state"),
                      found(sheet.listing("proc " + system), id, "curr_proc_units"),
                      fmt::format("{:g}", std::atof(memory.c_str()) / 1024), partitions.value(i, "curr_profile"),
                      partitions.value(i, "lpar_env") == "vioserver" ? "Virtual I/O Server" : "AIX or Linux",
                      found(sheet.listing("code " + system), id, "refcode")});
    }
  }
  return rows;
}

}  // namespace

Definition all_partitions(const std::vector<std::string>& systems) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = "All partitions";
  sheet->live = true;
  for (const std::string& system : systems) {
    sheet->sources.push_back(
        source("lpar " + system, system, "lssyscfg -r lpar", {"name", "lpar_id", "state", "curr_profile", "lpar_env"}));
    sheet->sources.push_back(source("mem " + system, system, "lshwres -r mem --level lpar", {"lpar_id", "curr_mem"}));
    sheet->sources.push_back(source("proc " + system, system, "lshwres -r proc --level lpar", {"lpar_id", "curr_proc_units"}));
    sheet->sources.push_back(source("code " + system, system, "lsrefcode -r lpar", {"lpar_id", "refcode"}));
  }
  // Of the partition in a row, or of its system.
  const auto opens = [systems](Definition (*make)(const std::string&, const std::string&)) {
    return [systems, make](const Sheet& from, size_t row) {
      const auto all = rows(from, systems);
      return row < all.size() ? Deed{{}, make(all[row][2], all[row][0]), {}} : Deed{};
    };
  };
  sheet->tabs = {
      {"All partitions",
       {},
       {{"",
         {"Name", "ID", "Server", "Status", "Processing Units", "Memory (GB)", "Active Profile", "Type", "Reference Code"},
         [systems](const Sheet& from) { return rows(from, systems); },
         {{"O", "Properties", opens(partition_properties)},
          {"L", "Manage Profiles", opens(partition_profiles)},
          {"D", "Dynamic LPAR", opens(dynamic_operations)},
          {"S", "System", opens([](const std::string& system, const std::string&) { return system_properties(system); })}}}}}};
  return sheet;
}

}  // namespace emu::app::console
