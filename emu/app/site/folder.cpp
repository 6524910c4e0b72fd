// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/folder.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "emu/core/location_code.h"
#include "emu/core/names.h"
#include "emu/core/text.h"

namespace emu::app::site {

namespace {

namespace fs = std::filesystem;

constexpr size_t most_files = 10'000;
constexpr size_t longest_file = 16 * MiB;
constexpr size_t longest_together = 256 * MiB;
constexpr size_t longest_line = 256 * KiB;

Error wrong(std::string text) { return {"import", std::move(text)}; }

struct File {
  std::string name;  // from the folder on
  std::string text;
};

using Listing = std::optional<std::vector<Record>> System::*;

// A listing is known by attributes that no other one has. The first that fits.
struct Kind {
  std::string_view what;
  std::vector<std::string_view> attributes;
  Listing to;  // null: of no use here
};
const Kind kinds[] = {
    {"lssyscfg -r prof", {"lpar_env", "lpar_name", "name"}, &System::profiles},
    {"lssyscfg -r lpar", {"lpar_env", "lpar_id", "name"}, &System::lpars},
    {"lshwres -r mem --level sys", {"configurable_sys_mem"}, &System::memory},
    {"lshwres -r proc --level sys", {"configurable_sys_proc_units"}, &System::processors},
    {"lshwres -r mem --level lpar", {"lpar_id", "curr_mem"}, &System::lpar_memory},
    {"lshwres -r proc --level lpar", {"lpar_id", "curr_proc_mode"}, &System::lpar_processors},
    {"lshwres -r virtualio --rsubtype serial", {"slot_num", "supports_hmc"}, nullptr},
    {"lshwres -r virtualio --rsubtype fc", {"slot_num", "wwpns"}, nullptr},
    {"lshwres -r virtualio --rsubtype scsi", {"slot_num", "lpar_id", "remote_slot_num"}, &System::scsi},
    {"lshwres -r virtualio --rsubtype eth", {"slot_num", "lpar_id", "port_vlan_id"}, &System::ethernet},
};

// The names of the files below the folder, in order; hidden ones are not looked at.
Result<std::vector<fs::path>> files_of(const fs::path& folder) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  if (error) return wrong(fmt::format("The folder {} cannot be read: {}.", shown_name(folder.string()), error.message()));
  std::vector<fs::path> found;
  for (; entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code failed;
    const bool is_folder = entry->is_directory(failed);
    if (entry->path().filename().string().starts_with('.')) {
      if (is_folder) entry.disable_recursion_pending();
      continue;
    }
    if (is_folder) continue;
    if (!entry->is_regular_file(failed))
      return wrong(fmt::format("{} is no file with an output in it.", shown_name(entry->path().string())));
    found.push_back(entry->path());
    if (found.size() > most_files)
      return wrong(fmt::format("{} has more than {} files.", shown_name(folder.string()), most_files));
  }
  if (error) return wrong(fmt::format("The folder {} cannot be read: {}.", shown_name(folder.string()), error.message()));
  std::ranges::sort(found);
  return found;
}

Result<std::vector<File>> read_files(const fs::path& folder) {
  std::vector<File> files;
  size_t together = 0;
  const auto paths = TRY(files_of(folder));
  for (const fs::path& path : paths) {
    File& file = files.emplace_back(File{path.lexically_relative(folder).string(), std::string(longest_file + 1, '\0')});
    std::ifstream stream(path, std::ios::binary);
    stream.read(file.text.data(), static_cast<std::streamsize>(file.text.size()));
    if (!stream.is_open() || stream.bad()) return wrong(fmt::format("{} cannot be read.", shown_name(path.string())));
    file.text.resize(static_cast<size_t>(stream.gcount()));
    file.text.shrink_to_fit();
    together += file.text.size();
    if (file.text.size() > longest_file || together > longest_together)
      return wrong(fmt::format("{} is too large: a file has at most {} MiB, and all of them {} MiB.", shown_name(path.string()),
                               longest_file / MiB, longest_together / MiB));
  }
  return files;
}

bool is_answer_without_lines(std::string_view line) { return line == "No results were found."; }

Result<std::vector<Record>> records_of(const File& file) {
  std::vector<Record> records;
  u32 number = 0;
  for (std::string line : split(file.text, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || is_answer_without_lines(line)) continue;
    auto record = line.size() > longest_line ? std::nullopt : Record::parse(line);
    if (!record)
      return wrong(fmt::format("{}:{}: this is no line of a listing (attribute=value, ...): {}", shown_name(file.name), number,
                               shown_name(line.substr(0, 60))));
    record->where = fmt::format("{}:{}", shown_name(file.name), number);
    records.push_back(std::move(*record));
  }
  return records;
}

bool has(const Record& record, std::span<const std::string_view> attributes) {
  return std::ranges::all_of(attributes, [&](std::string_view name) { return record.find(name) != nullptr; });
}

// "Server-1.lpar" and "Server-1/lpar.txt" are Server-1's, also if there is a system Server.
System* whose(Site& site, const std::string& file) {
  System* found = nullptr;
  for (System& system : site.systems) {
    const std::string name = system.name();
    for (const std::string& part : split(file, '/')) {
      const bool its =
          part == name || (part.starts_with(name) && std::string_view("._- ").find(part[name.size()]) != std::string_view::npos);
      if (its && (!found || name.size() > found->name().size())) found = &system;
    }
  }
  return found || site.systems.size() != 1 ? found : &site.systems.front();
}

Status take_systems(Site& site, const File& file, const std::vector<Record>& records) {
  constexpr std::string_view needed[] = {"name", "type_model", "serial_num"};
  for (const Record& record : records) {
    if (!has(record, needed)) return wrong(fmt::format("{}: this is no line of lssyscfg -r sys.", record.where));
    System system;
    system.self = record;
    const auto same = [&](const System& other) { return other.name() == system.name() || other.machine() == system.machine(); };
    if (std::ranges::any_of(site.systems, same))
      return wrong(fmt::format("{}: the system {} is there twice.", record.where, shown_name(system.name())));
    site.systems.push_back(std::move(system));
  }
  if (records.empty()) return wrong(fmt::format("{} has no system in it.", shown_name(file.name)));
  return success();
}

Status take_listing(Site& site, const File& file, std::vector<Record> records) {
  const auto kind = std::ranges::find_if(kinds, [&](const Kind& each) { return has(records.front(), each.attributes); });
  if (kind == std::end(kinds))
    return wrong(fmt::format("{}: the listing is none of those that an import needs.", records.front().where));
  for (const Record& record : records)
    if (!has(record, kind->attributes)) return wrong(fmt::format("{}: this is no line of {}.", record.where, kind->what));
  if (!kind->to) {
    site.not_of_use.push_back(file.name);
    return success();
  }
  System* system = whose(site, file.name);
  if (!system)
    return wrong(fmt::format("{}: whose listing it is, the file's name or its folder's says: the name of the system.",
                             shown_name(file.name)));
  auto& place = system->*kind->to;
  if (place)
    return wrong(
        fmt::format("{}: there are two listings of {} of {}.", shown_name(file.name), kind->what, shown_name(system->name())));
  place = std::move(records);
  return success();
}

}  // namespace

std::string System::machine() const { return machine_location(self.text("type_model"), self.text("serial_num")); }

Result<Site> read_folder(const std::string& folder) {
  Site site;
  const auto files = TRY(read_files(folder));
  std::vector<std::pair<const File*, std::vector<Record>>> listings;
  std::vector<const File*> empty;
  for (const File& file : files) {
    const size_t begin = std::min(file.text.find_first_not_of("\r\n"), file.text.size());
    const std::string first = file.text.substr(begin, 80);
    if (looks_like_lsmap(first)) {
      Lsmap map = TRY(parse_lsmap(file.text, file.name));
      auto& to = map.of_networks ? site.networks : site.disks;
      std::ranges::move(map.adapters, std::back_inserter(to));
      site.fibre_channel += map.fibre_channel;
      continue;
    }
    auto records = TRY(records_of(file));
    if (records.empty()) {
      empty.push_back(&file);
      continue;
    }
    if (records.front().find("type_model") && !records.front().find("lpar_id")) {
      TRY(take_systems(site, file, records));
    } else {
      listings.emplace_back(&file, std::move(records));
    }
  }
  if (site.systems.empty())
    return wrong(fmt::format("{} has no output of lssyscfg -r sys, which an import begins with.", shown_name(folder)));
  for (const File* file : empty)
    if (System* system = whose(site, file->name)) system->has_nothing = true;
  for (auto& [file, records] : listings) TRY(take_listing(site, *file, std::move(records)));
  return site;
}

}  // namespace emu::app::site
