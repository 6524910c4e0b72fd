// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/error_log.h"

#include "emu/core/log.h"
#include "emu/core/state_file.h"

#include <algorithm>

namespace vios {

namespace {

constexpr emu::Log log_errors("vios.errlog");
constexpr size_t most_entries = 500;

// In the file each entry is a 4-byte length and an archive.
Bytes record_of(const ErrorLogEntry& entry) {
  const Bytes body = emu::to_bytes(entry);
  Bytes record(4 + body.size());
  emu::store_be(record.data(), static_cast<u32>(body.size()));
  std::copy(body.begin(), body.end(), record.begin() + 4);
  return record;
}

struct Label {
  std::string_view identifier;
  std::string_view label;
};

// Identifiers: Redbook 6.1 and 6.3; labels: table B-3, matched by what they say. Those of SEA failover and of disks are AIX's.
constexpr Label labels[] = {
    {"0B41DD00", "GOENT_LINK_DOWN"},   {"3EB09F5A", "MVR_MIG_COMPLETED"}, {"427E17BD", "MVR_MIG_ABORTED"},
    {"6CB10B8D", "MVR_FORCE_SUSPEND"}, {"B70A3C51", "CLIENT_FAILURE"},    {"5D1C0A37", "CLIENT_MISMATCH"},
    {"E136EAFA", "SEAHA_PRIMARY"},     {"40D97644", "SEAHA_BACKUP"},      {"DE3B8540", "SC_DISK_ERR7"},
};

}  // namespace

void archive(emu::Archive& ar, ErrorLogEntry& entry) {
  auto& [sequence, identifier, wall, type, error_class, resource, description] = entry;
  ar.section("errlog", 1);
  ar("sequence", sequence);
  ar("identifier", identifier);
  ar("wall", wall);
  ar("type", type);
  ar("class", error_class);
  ar("resource", resource);
  ar("description", description);
}

std::string_view label_of_type(char type) {
  switch (type) {
    case 'P':
      return "PERM";
    case 'T':
      return "TEMP";
    case 'I':
      return "INFO";
    default:
      return "UNKN";
  }
}

std::string_view label_of_class(char error_class) { return error_class == 'H' ? "H" : error_class == 'O' ? "O" : "S"; }

std::string_view label_of(std::string_view identifier) {
  const auto* row = std::ranges::find(labels, identifier, &Label::identifier);
  return row == std::end(labels) ? identifier : row->label;
}

ErrorLog::ErrorLog(std::string file, const emu::Clock& clock) : file_(std::move(file)), clock_(clock) {
  if (file_.empty()) return;
  const auto bytes = emu::read_file(file_);
  if (!bytes) log_errors.warn("{}", bytes.error().text);
  if (!bytes || !*bytes) return;
  std::span<const u8> rest(**bytes);
  bool whole = true;
  while (!rest.empty()) {
    const size_t length = rest.size() < 4 ? 0 : emu::load_be<u32>(rest.data());
    auto entry = length && length <= rest.size() - 4 ? emu::from_bytes<ErrorLogEntry>(rest.subspan(4, length))
                                                     : emu::Result<ErrorLogEntry>(emu::Error{"errlog", "cut off"});
    if (!entry) {  // whoever wrote it died over it
      log_errors.warn("{}: the last entries are lost: {}", file_, entry.error().text);
      whole = false;
      break;
    }
    last_sequence_ = std::max(last_sequence_, entry->sequence);
    entries_.push_back(std::move(*entry));
    rest = rest.subspan(4 + length);
  }
  if (whole && entries_.size() <= most_entries) return;
  if (entries_.size() > most_entries) entries_.erase(entries_.begin(), entries_.end() - most_entries);
  rewrite();
}

void ErrorLog::record(std::string_view identifier, char type, char error_class, std::string_view resource,
                      std::string_view description) {
  log_errors.info("{} {} {} {} {}", identifier, type, error_class, resource, description);
  const std::lock_guard lock(mutex_);
  entries_.push_back({++last_sequence_, std::string(identifier), clock_.wall(), type, error_class, std::string(resource),
                      std::string(description)});
  if (entries_.size() > most_entries) entries_.erase(entries_.begin());
  append(entries_.back());
}

std::vector<ErrorLogEntry> ErrorLog::entries() const {
  const std::lock_guard lock(mutex_);
  return {entries_.rbegin(), entries_.rend()};
}

void ErrorLog::remove_older_than(u64 wall) {
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [wall](const ErrorLogEntry& each) { return each.wall <= wall; });
  rewrite();
}

void ErrorLog::append(const ErrorLogEntry& entry) const {
  if (file_.empty()) return;
  if (auto status = emu::append_to_file(file_, record_of(entry)); !status) log_errors.warn("{}", status.error().text);
}

void ErrorLog::rewrite() const {
  if (file_.empty()) return;
  Bytes all;
  for (const ErrorLogEntry& each : entries_) {
    const Bytes record = record_of(each);
    all.insert(all.end(), record.begin(), record.end());
  }
  if (auto status = emu::replace_file(file_, all); !status) log_errors.warn("{}", status.error().text);
}

}  // namespace vios
