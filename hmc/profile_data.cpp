// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/profile_data.h"

#include <algorithm>

#include <fmt/format.h>

#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr const char* kind = "profdata";
constexpr size_t longest_name = 128;
constexpr size_t most_backups = 256;  // of all systems

std::string key_of(const System& system, const std::string& name) { return system.info.serial_num + "/" + name; }

Error unknown(const System& system, const std::string& name) { return say("HSCLF0AD", name, system.name()); }

}  // namespace

Result<std::string> backup_name(const std::string& typed, const System& system) {
  std::string name = typed;
  const std::string folder = fmt::format("/var/hsc/profiles/{}/", system.info.serial_num);
  if (name.starts_with(folder)) name.erase(0, folder.size());
  const bool plain = !name.empty() && name.size() <= longest_name && name[0] != '.' &&
                     std::ranges::all_of(name, [](char c) { return c > ' ' && c < 0x7F && c != '/'; });
  if (!plain) return say("HSCLF0AE", typed, folder);
  return name;
}

bool is_backed_up(const Journal& journal, const System& system, const std::string& name) {
  return std::ranges::count(journal.kept(kind), key_of(system, name), &Kept::name) > 0;
}

Status back_up(Journal& journal, const System& system, const std::string& name, const ProfileData& data) {
  if (journal.kept(kind).size() >= most_backups && !is_backed_up(journal, system, name)) return say("HSCLF0AF", most_backups);
  return journal.keep({kind, key_of(system, name), emu::to_bytes(data)});
}

Result<ProfileData> backed_up(const Journal& journal, const System& system, const std::string& name) {
  for (const Kept& kept : journal.kept(kind))
    if (kept.name == key_of(system, name)) return emu::from_bytes<ProfileData>(kept.content);
  return unknown(system, name);
}

Status remove_backup(Journal& journal, const System& system, const std::string& name) {
  if (!is_backed_up(journal, system, name)) return unknown(system, name);
  return journal.forget(kind, key_of(system, name));
}

}  // namespace hmc
