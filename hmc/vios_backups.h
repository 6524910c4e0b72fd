// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Backups of the I/O configuration of Virtual I/O Servers: which virtual target device of which adapter stands for which disk. They lie
// in the console's journal, by the server's UUID and a name. (mkviosbk)

#include "hmc/inventory/inventory.h"
#include "hmc/journal/journal.h"

namespace hmc {

struct ViosBackup {
  std::string name;
  std::string type;
  std::string system_name;
  std::string vios_name;
  u32 vios_id = 0;
  std::string vios_uuid;
  u64 wall = 0;
  std::vector<service::ViosHost> hosts;
  std::vector<service::ViosDisk> disks;
  FIELDS(ViosBackup, name, type, system_name, vios_name, vios_id, vios_uuid, wall, hosts, disks)
};

std::vector<ViosBackup> vios_backups(const Journal&);  // those that can be read
Status keep_vios_backup(Journal&, const ViosBackup&);
Status remove_vios_backup(Journal&, const ViosBackup&);

// A console calls the file that it makes NAME.tar.gz, and takes it by that name.
std::string backup_file(const std::string& name);

}  // namespace hmc
