// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/plan.h"

#include <algorithm>

#include <fmt/format.h>

namespace hmc {

std::string wait_and_detail(u64 wait, u32 detail) {
  return fmt::format("-w {} -d {}", std::max<u64>(wait / (60 * emu::nanoseconds_per_second), 1), detail);
}

void archive(emu::Archive& ar, PlannedScsi& scsi) {
  auto& [client_slot, source_vios_id, target_vios_id, target_vios_name, target_slot, targets, volumes] = scsi;
  const u16 version = ar.section("planned_scsi", 2);
  ar("client_slot", client_slot);
  ar("source_vios_id", source_vios_id);
  ar("target_vios_id", target_vios_id);
  ar("target_vios_name", target_vios_name);
  ar("target_slot", target_slot);
  ar("targets", targets);
  if (version >= 2) ar("volumes", volumes);
}

void archive(emu::Archive& ar, Plan& plan) {
  auto& [stream, active, lpar_name, source_frame, source_system, source_mtms, target_frame, target_system, target_mtms,
         source_lpar_id, target_lpar_id, source_msp, source_msp_id, target_msp, target_msp_id, source_msp_ip, target_msp_ip, scsi,
         definition, profile_name, wait, detail, remote_ip, remote_user, our_user] = plan;
  const u16 version = ar.section("plan", 4);
  ar("stream", stream);
  ar("active", active);
  ar("lpar_name", lpar_name);
  ar("source_frame", source_frame);
  ar("source_system", source_system);
  ar("source_mtms", source_mtms);
  ar("target_frame", target_frame);
  ar("target_system", target_system);
  ar("target_mtms", target_mtms);
  ar("source_lpar_id", source_lpar_id);
  ar("target_lpar_id", target_lpar_id);
  ar("source_msp", source_msp);
  ar("source_msp_id", source_msp_id);
  ar("target_msp", target_msp);
  ar("target_msp_id", target_msp_id);
  ar("scsi", scsi);
  ar("definition", definition);
  ar("profile_name", profile_name);
  ar("wait", wait);
  std::string gone;
  if (version < 2) ar("refcode_before", gone);
  if (version < 3) return;
  ar("remote_ip", remote_ip);
  ar("remote_user", remote_user);
  ar("our_user", our_user);
  ar("source_msp_ip", source_msp_ip);
  ar("target_msp_ip", target_msp_ip);
  if (version >= 4) ar("detail", detail);
}

emu::LparDefinition migrated_definition(const emu::LparDefinition& from, const emu::Configuration& current,
                                        const std::string& profile_name, const std::vector<PlannedScsi>& scsi) {
  emu::Profile migration{current, profile_name};
  // What cannot move stays behind: the checks have let pass only what is desired, not required.
  migration.io_slots.clear();
  migration.lhea_logical_ports.clear();
  std::erase_if(migration.adapters, [](const auto& a) { return a.kind == emu::AdapterKind::serial && a.slot >= 2; });
  for (auto& adapter : migration.adapters) {
    if (adapter.kind != emu::AdapterKind::scsi_client) continue;
    const auto hosted = std::ranges::find(scsi, adapter.slot, &PlannedScsi::client_slot);
    if (hosted == scsi.end()) continue;
    adapter.remote_lpar_id = hosted->target_vios_id;
    adapter.remote_lpar_name = hosted->target_vios_name;
    adapter.remote_slot = hosted->target_slot;
  }
  emu::LparDefinition definition = from;
  definition.current = emu::current_from(migration, profile_name);
  if (from.current) {
    definition.current->processors = from.current->processors;
    definition.current->memory_blocks = from.current->memory_blocks;
  }
  // A migration to other processors has made a mode of the default; the next activation is to have the default again.
  if (const emu::Profile* last = from.profile(from.curr_profile());
      last && last->lpar_proc_compat_mode == emu::CompatMode::of_system)
    migration.lpar_proc_compat_mode = emu::CompatMode::of_system;
  const auto same = std::ranges::find(definition.profiles, profile_name, &emu::Profile::name);
  if (same != definition.profiles.end())
    *same = std::move(migration);
  else
    definition.profiles.push_back(std::move(migration));
  return definition;
}

}  // namespace hmc
