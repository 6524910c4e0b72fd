// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/vios_backups.h"

#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr const char* kind = "viosbk";
constexpr size_t most_backups = 256;

std::string key_of(const ViosBackup& backup) { return backup.vios_uuid + "/" + backup.name; }

}  // namespace

std::vector<ViosBackup> vios_backups(const Journal& journal) {
  std::vector<ViosBackup> all;
  for (const Kept& kept : journal.kept(kind))
    if (auto backup = emu::from_bytes<ViosBackup>(kept.content)) all.push_back(std::move(*backup));
  return all;
}

Status keep_vios_backup(Journal& journal, const ViosBackup& backup) {
  if (journal.kept(kind).size() >= most_backups) return say("HSCLF0B6", most_backups);
  return journal.keep({kind, key_of(backup), emu::to_bytes(backup)});
}

Status remove_vios_backup(Journal& journal, const ViosBackup& backup) { return journal.forget(kind, key_of(backup)); }

std::string backup_file(const std::string& name) { return name.ends_with(".tar.gz") ? name : name + ".tar.gz"; }

}  // namespace hmc
