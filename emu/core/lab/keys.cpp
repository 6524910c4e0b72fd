// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/lab/keys.h"

#include "emu/core/lab/services.h"
#include "emu/core/lab_keys.h"

#include <fmt/ranges.h>

namespace emu {

namespace {

using namespace lab_file;

template <class T, size_t N>
void add_keys(std::vector<LabKey>& to, std::string_view table, const Key<T> (&keys)[N]) {
  for (const Key<T>& key : keys) to.push_back({table, key.name, key.kind, key.fallback, std::string(key.meaning)});
}
// "scsi_client, scsi_server: " before what a key means that not all kinds have.
void say_whose(LabKey& key) {
  std::vector<std::string_view> kinds;
  for (const AdapterKindRow& row : adapter_kinds)
    if (has_key(row, key.name)) kinds.push_back(row.word);
  if (kinds.size() < std::size(adapter_kinds)) key.meaning = fmt::format("{}: {}", fmt::join(kinds, ", "), key.meaning);
}

}  // namespace

std::vector<LabKey> lab_keys() {
  std::vector<LabKey> keys;
  add_keys(keys, "the file", lab_table);
  add_keys(keys, "lun", lun_table);
  add_keys(keys, "segment", segment_table);
  add_keys(keys, "segment.forward", forward_table);
  add_keys(keys, "segment.boot_server", boot_server_table);
  add_keys(keys, "segment.boot_server.client", boot_client_table);
  add_keys(keys, "hmc", console_table);
  add_keys(keys, "generate", generate_table);
  add_keys(keys, "frame", frame_table);
  add_keys(keys, "frame.slot", slot_table);
  add_keys(keys, "frame.hea", hea_table);
  add_keys(keys, "frame.vios and frame.partition", partition_table);
  add_keys(keys, "frame.vios and frame.partition, profile keys", profile_table);
  add_keys(keys, "frame.partition", client_table);
  add_keys(keys, "frame.vios", vios_table);
  add_keys(keys, "frame.vios.bridge", bridge_table);
  add_keys(keys, "frame.vios.mapping", mapping_table);
  add_keys(keys, "fault", fault_table);
  for (const FaultWord& word : fault_words())
    keys.push_back({"fault", word.name, word.kind, word.fallback.empty() ? "none" : word.fallback, std::string(word.meaning)});
  add_keys(keys, "package", package_table);
  const size_t adapters = keys.size();
  add_keys(keys, "frame.*.adapter and frame.*.profile.adapter", adapter_table);
  std::ranges::for_each(keys.begin() + static_cast<std::ptrdiff_t>(adapters), keys.end(), say_whose);
  return keys;
}

std::string lab_keys_as_markdown() {
  std::string text;
  std::string_view table;
  for (const LabKey& key : lab_keys()) {
    if (key.table != table) {
      table = key.table;
      text += fmt::format("\n### {}\n\n| key | value | if not given | meaning |\n|---|---|---|---|\n", table);
    }
    text += fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.kind, key.fallback == "-" ? "must be given" : key.fallback,
                        key.meaning);
  }
  return text;
}

}  // namespace emu
