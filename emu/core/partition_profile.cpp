// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/partition_profile.h"

namespace emu {

void archive(Archive& ar, Profile& profile) {
  const u16 version = ar.section("profile", 5);
  ar("name", profile.name);
  archive_fields(ar, static_cast<Configuration&>(profile), version);
}

void archive(Archive& ar, LparDefinition& lpar) {
  auto& [lpar_id, name, env, uuid, default_profile, profiles, current, msp, time_ref, service, ip_address, description,
         allow_perf_collection, migration_disabled, sync_curr_profile, auto_start, lpar_avail_priority,
         simplified_remote_restart_capable] = lpar;
  const u16 version = ar.section("lpar", 6);
  ar("lpar_id", lpar_id);
  ar("name", name);
  ar("env", env);
  if (ar.loading() && env != LparEnv::aixlinux && env != LparEnv::vioserver) ar.fail("is no kind of partition");
  ar("uuid", uuid);
  ar("default_profile", default_profile);
  // Version 1 knew only which profile was activated last: what that one says is what the partition had.
  std::string curr_profile;
  if (version < 2) ar("curr_profile", curr_profile);
  ar("profiles", profiles);
  if (version >= 2) ar("current", current);
  if (const Profile* last = version < 2 ? lpar.profile(curr_profile) : nullptr) current = current_from(*last, curr_profile);
  ar("msp", msp);
  ar("time_ref", time_ref);
  if (version >= 3) ar("service", service);
  ar("ip_address", ip_address);
  if (version >= 3) ar("description", description);
  if (version >= 4) ar("allow_perf_collection", allow_perf_collection);
  if (version >= 4) ar("migration_disabled", migration_disabled);
  if (version >= 4) ar("sync_curr_profile", sync_curr_profile);
  if (version >= 5) ar("auto_start", auto_start);
  if (version >= 5) ar("lpar_avail_priority", lpar_avail_priority);
  if (version >= 6) ar("simplified_remote_restart_capable", simplified_remote_restart_capable);
  // Virtual I/O Servers have always started with their systems.
  if (version < 5 && env == LparEnv::vioserver)
    for (Profile& profile : profiles) profile.auto_start = true;
  if (ar.loading() && description.size() > longest_description) ar.fail("has a description that is too long");
}

}  // namespace emu
