// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/san.h"

#include "emu/core/identity.h"
#include "emu/core/lab/keys.h"
#include "emu/core/lab/lun.h"
#include "emu/core/state_file.h"

#include <sstream>

namespace emu {

namespace {

using namespace lab_file;

std::string file_of(const LabFolders& folders) { return folders.state + "/luns/san.toml"; }

// ---- the keys of the file ----

struct SanDraft {
  const toml::array* made = nullptr;
  const toml::array* sizes = nullptr;
  const toml::array* views = nullptr;
  std::vector<std::string> offline;
  u64 made_so_far = 0;
};
struct SizeDraft {
  std::string name;
  u64 size_mb = 0;
};
struct ViewDraft {
  std::string server;
  std::string uuid;
  std::vector<std::string> luns;
};
constexpr Key<SanDraft> san_table[] = {
    {"lun", "tables", "none", "LUNs that were made", into<&SanDraft::made>},
    {"size", "tables", "none", "LUNs of the lab file that were made larger", into<&SanDraft::sizes>},
    {"view", "tables", "none", "servers that see others than the lab file says", into<&SanDraft::views>},
    {"offline", "list of LUNs", "[]", "that answer nobody", into<&SanDraft::offline>},
    {"made_so_far", "number", "0", "of LUNs, those that are gone included", into<&SanDraft::made_so_far>},
};
constexpr Key<SizeDraft> size_table[] = {
    {"name", "name", "-", "of a LUN", into<&SizeDraft::name>},
    {"size_mb", "MiB", "-", "its size", into<&SizeDraft::size_mb>},
};
constexpr Key<ViewDraft> view_table[] = {
    {"server", "frame/name", "-", "a Virtual I/O Server", into<&ViewDraft::server>},
    {"uuid", "UUID", "none", "of its partition", into<&ViewDraft::uuid>},
    {"luns", "list of LUNs", "[]", "what it sees", into<&ViewDraft::luns>},
};

void claim(Once& once, const toml::table& where, const LunConfig& lun) {
  once.claim(where, "LUN", lun.name);
  once.claim(where, "udid", lun.udid);
  if (lun.pvid != no_pvid) once.claim(where, "pvid", lun.pvid);
}

toml::table table_of(const LunConfig& lun) {
  toml::table table;
  table.insert("name", lun.name);
  table.insert("size_mb", static_cast<s64>(lun.size_mb));
  table.insert("udid", lun.has_udid ? lun.udid : std::string(no_udid));
  table.insert("pvid", lun.pvid);
  table.insert("reserve_policy", lun.reserve_policy);
  if (!lun.subsystem.empty()) table.insert("subsystem", lun.subsystem);
  if (!lun.path.empty()) table.insert("path", lun.path);
  if (lun.is_disk) table.insert("is_disk", true);
  if (!lun.image.empty()) table.insert("image", lun.image);
  return table;
}

toml::array array_of(const auto& names) {
  toml::array array;
  for (const std::string& each : names) array.push_back(each);
  return array;
}

}  // namespace

std::vector<LunConfig> San::luns(const Lab& lab) const {
  std::vector<LunConfig> all = lab.luns;
  all.insert(all.end(), made.begin(), made.end());
  for (LunConfig& each : all)
    if (const auto larger = sizes.find(each.name); larger != sizes.end()) each.size_mb = std::max(each.size_mb, larger->second);
  return all;
}

std::vector<std::string> San::seen_by(const Lab& lab, const std::string& frame, const std::string& server,
                                      const std::string& uuid) const {
  std::vector<std::string> seen;
  const auto view = views.find(frame + "/" + server);
  if (view != views.end() && (uuid.empty() || view->second.uuid.empty() || view->second.uuid == uuid)) {
    seen = view->second.luns;
  } else if (const FrameConfig* config = lab.frame(frame)) {
    for (const LparDefinition& lpar : config->partitions)
      for (const ViosConfig& vios : config->vioses)
        if (lpar.name == server && vios.lpar_id == lpar.lpar_id) seen = vios.luns;
  }
  // What the lab file has lost since is not there any more.
  const std::vector<LunConfig> all = luns(lab);
  std::erase_if(seen, [&](const std::string& name) { return std::ranges::count(all, name, &LunConfig::name) == 0; });
  return seen;
}

namespace {

// Without the file the LUNs that were made are unknown, though their files are there.
Error damaged(const Error& error) {
  return {error.code, error.text +
                          ": what was done to the SAN cannot be read. Put a copy of the file back, or mend the line; or remove "
                          "the file, and the SAN is as the lab file says"};
}

Result<San> parse_san(const Lab& lab, const std::string& file, const Bytes& content) {
  San san;
  Reading reading(file);
  const toml::parse_result parsed =
      toml::parse(std::string_view(reinterpret_cast<const char*>(content.data()), content.size()), std::string_view(file));
  if (!parsed) {
    reading.wrong(parsed.error().source(), parsed.error().description());
    return reading.error();
  }
  SanDraft draft;
  read_keys(reading, parsed.table(), "the SAN", san_table, draft);
  if (reading.failed()) return reading.error();
  Once once(reading);
  for (const LunConfig& lun : lab.luns) claim(once, parsed.table(), lun);
  for_each_table(draft.made, [&](const toml::table& table) {
    san.made.push_back(read_lun(reading, once, lab, table));
    san.made.back().line = 0;  // not of the lab file
  });
  for_each_table(draft.sizes, [&](const toml::table& table) {
    SizeDraft size;
    read_keys(reading, table, "a size", size_table, size);
    if (size.size_mb > largest_lun_mb) reading.wrong(at(table, "size_mb"), "a LUN is of 1 MiB to 1 TiB");
    san.sizes[size.name] = size.size_mb;
  });
  for_each_table(draft.views, [&](const toml::table& table) {
    ViewDraft view;
    read_keys(reading, table, "a view", view_table, view);
    san.views[view.server] = {view.luns, view.uuid};
  });
  if (reading.failed()) return reading.error();
  san.made_so_far = draft.made_so_far;
  san.offline = {draft.offline.begin(), draft.offline.end()};
  return san;
}

}  // namespace

Result<San> read_san(const Lab& lab, const LabFolders& folders) {
  const std::string file = file_of(folders);
  const auto content = TRY(read_file(file));
  if (!content) return San{};
  auto san = parse_san(lab, file, *content);
  return san ? std::move(san) : Result<San>(damaged(san.error()));
}

Status write_san(const San& san, const LabFolders& folders) {
  toml::table root;
  root.insert("made_so_far", static_cast<s64>(san.made_so_far));
  root.insert("offline", array_of(san.offline));
  toml::array made, sizes, views;
  for (const LunConfig& each : san.made) made.push_back(table_of(each));
  for (const auto& [name, size_mb] : san.sizes)
    sizes.push_back(toml::table{{"name", name}, {"size_mb", static_cast<s64>(size_mb)}});
  for (const auto& [server, shows] : san.views) {
    toml::table view{{"server", server}, {"luns", array_of(shows.luns)}};
    if (!shows.uuid.empty()) view.insert("uuid", shows.uuid);
    views.push_back(std::move(view));
  }
  root.insert("lun", std::move(made));
  root.insert("size", std::move(sizes));
  root.insert("view", std::move(views));
  std::ostringstream text;
  text << "# What `twinframe san` has made of the SAN.\n" << root << '\n';
  const std::string content = text.str();
  return replace_file(file_of(folders), {reinterpret_cast<const u8*>(content.data()), content.size()});
}

Result<LunConfig> lun_of(const Lab& lab, const San& san, const std::string& name, const std::vector<std::string>& words,
                         const std::string& folder) {
  toml::table table;
  table.insert("name", name);
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == word.npos || equals == 0)
      return Error{"san", fmt::format("{} is no key of a LUN with its value, such as size_mb=128.", shown_name(word))};
    const std::string key = word.substr(0, equals), value = word.substr(equals + 1);
    if (value.empty() || table.contains(key))
      return Error{"san", fmt::format("LUN {}: {} {}.", shown_name(name), shown_name(key),
                                      value.empty() ? "has no value: leave it out" : "is said twice")};
    const auto number = parse_number<u64>(value);
    if (number && *number <= largest_lun_mb && key == "size_mb")
      table.insert_or_assign(key, static_cast<s64>(*number));
    else if (value == "true" || value == "false")
      table.insert_or_assign(key, value == "true");
    else
      table.insert_or_assign(key, value);
  }
  for (const FrameConfig& frame : lab.frames)
    if (name.starts_with(frame.name + "."))
      return Error{"san", fmt::format("LUN {}: names that begin with {}. are those of its servers' own disks and volumes, choose "
                                      "another name.",
                                      shown_name(name), frame.name)};
  // Another disk than one of that name which is gone: who remembers that one must not take this one for it.
  const std::string identity = fmt::format("{}/{}/{}", lab.name, name, san.made_so_far);
  if (!table.contains("udid")) table.insert("udid", derived_udid(identity));
  if (!table.contains("pvid")) table.insert("pvid", derived_pvid(identity));
  Reading reading(folder + "/lun");
  Once once(reading);
  for (const LunConfig& lun : san.luns(lab)) claim(once, table, lun);
  LunConfig lun = read_lun(reading, once, lab, table);
  if (!reading.failed()) return lun;
  // Not of a file: without its name and line.
  const std::string& text = reading.error().text;
  return Error{"san",
               fmt::format("LUN {}: {}.", shown_name(name), text.substr(folder.size() + std::string_view("/lun:1: ").size()))};
}

}  // namespace emu
