// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/tables.h"

#include <algorithm>

#include <fmt/format.h>

#include "hmc/inventory/inventory.h"

namespace emu::app::console {

std::vector<Row> rows_of(const FrameState& frame) {
  std::vector<Row> rows;
  for (const service::LparInfo& lpar : frame.lpars) {
    Row row;
    row.uuid = lpar.definition.uuid;
    row.name = lpar.definition.name;
    row.id = lpar.definition.lpar_id;
    row.status = hmc::state_of(lpar);
    // What it has; of one that is off, what the next activation asks for.
    const Profile* const next = lpar.definition.profile(lpar.definition.next_profile());
    Capacity has;
    if (lpar.has_resources && lpar.definition.current)
      has = *lpar.definition.current;
    else if (next)
      has = *next;
    row.processing_units = fmt::format("{:g}", units_of(has) / 100.0);
    row.memory_gb = fmt::format("{:g}", has.desired_mem / 1024.0);
    row.profile = lpar.definition.current ? lpar.definition.curr_profile() : lpar.definition.default_profile;
    row.type = lpar.definition.env == LparEnv::vioserver ? "Virtual I/O Server" : "AIX or Linux";
    row.reference_code = lpar.refcode.refcode;
    rows.push_back(std::move(row));
  }
  return rows;
}

Bar memory_of(const service::SystemInfo& system) {
  const u64 used = system.installed_mem_mb - std::min(system.installed_mem_mb, system.available_mem_mb);
  const auto gb = [](u64 mb) { return static_cast<double>(mb) / 1024; };
  return {system.installed_mem_mb ? static_cast<double>(used) / static_cast<double>(system.installed_mem_mb) : 0,
          fmt::format("{:.2f} of {:.1f} GB", gb(used), gb(system.installed_mem_mb))};
}

Bar processors_of(const service::SystemInfo& system) {
  const u32 all = system.processors * 100, used = all - std::min(all, system.available_proc_units);
  return {all ? static_cast<double>(used) / all : 0, fmt::format("{:g} of {} processors", used / 100.0, system.processors)};
}

std::vector<Found> partitions_of(const std::vector<std::shared_ptr<const FrameState>>& frames) {
  std::vector<Found> found;
  const auto rank = [](const service::LparInfo& lpar) {
    return (lpar.migration_target ? 0 : 2) + (lpar.state == LparState::running ? 1 : 0);
  };
  for (const auto& frame : frames) {
    if (!frame->connected) continue;
    for (const service::LparInfo& lpar : frame->lpars) {
      if (lpar.definition.env == LparEnv::vioserver) continue;
      Found here{lpar.definition.uuid, lpar.definition.name, {frame->system.name, lpar.definition.lpar_id}, lpar};
      const auto known = std::ranges::find(found, here.uuid, &Found::uuid);
      if (known == found.end()) {
        found.push_back(std::move(here));
      } else if (rank(lpar) > rank(known->info) ||
                 (rank(lpar) == rank(known->info) && known->info.migration_stream != 0 &&
                  lpar.migration_stream == known->info.migration_stream && known->info.state != LparState::running)) {
        *known = std::move(here);
      }
    }
  }
  return found;
}

}  // namespace emu::app::console
