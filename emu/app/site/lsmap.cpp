// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/site/lsmap.h"

#include <fmt/format.h>

#include "emu/core/names.h"
#include "emu/core/text.h"

namespace emu::app::site {

namespace {

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r' || text.back() == '\t')) text.pop_back();
  const size_t first = text.find_first_not_of(" \t");
  return first == text.npos ? std::string() : text.substr(first);
}

// U9117.MMA.10DD4AC-V1-C11, perhaps with a port behind it: -T1.
bool read_location(const std::string& text, MappedAdapter& to) {
  const auto parts = split(text, '-');
  if (parts.size() < 3 || parts[0].size() < 2 || parts[0][0] != 'U' || !parts[1].starts_with('V') || !parts[2].starts_with('C'))
    return false;
  const auto lpar_id = parse_number<u32>(parts[1].substr(1)), slot = parse_number<u32>(parts[2].substr(1));
  to.machine = parts[0];
  to.lpar_id = lpar_id.value_or(0);
  to.slot = slot.value_or(0);
  return lpar_id && slot;
}

// The value behind a title, if the line begins with it.
bool titled(const std::string& line, std::string_view title, std::string& to) {
  if (!line.starts_with(title) || (line.size() > title.size() && line[title.size()] != ' ')) return false;
  to = trimmed(line.substr(title.size()));
  return true;
}

}  // namespace

bool looks_like_lsmap(std::string_view first_line) {
  return first_line.starts_with("SVSA ") || first_line.starts_with("SVEA ") || first_line.starts_with("Name ");
}

Result<Lsmap> parse_lsmap(std::string_view text, const std::string& file) {
  Lsmap all;
  u32 number = 0;
  for (const std::string& each : split(text, '\n')) {
    ++number;
    const std::string line = trimmed(each);
    const auto columns = words(line, ' ');
    if (columns.empty() || line.starts_with("---")) continue;
    if (looks_like_lsmap(line)) {
      all.of_networks = all.of_networks || line.starts_with("SVEA ");
      continue;
    }
    if (line.starts_with("vfchost")) {
      ++all.fibre_channel;
      continue;
    }
    if (all.fibre_channel) continue;  // about the one above
    MappedAdapter adapter;
    if (columns.size() >= 2 && (columns[0].starts_with("vhost") || columns[0].starts_with("ent")) &&
        read_location(columns[1], adapter)) {
      all.adapters.push_back(std::move(adapter));
      continue;
    }
    MappedAdapter* last = all.adapters.empty() ? nullptr : &all.adapters.back();
    std::string value, ignored;
    if (last && titled(line, "VTD", value)) {
      if (!value.starts_with("NO ")) last->targets.push_back({value, "", "", ""});
      continue;
    }
    if (last && titled(line, "SEA", value)) {
      last->bridge = value.starts_with("NO ") ? "" : value;
      continue;
    }
    Target* target = last && !last->targets.empty() ? &last->targets.back() : nullptr;
    if (target && (titled(line, "LUN", target->lun) || titled(line, "Backing device", target->backing) ||
                   titled(line, "Physloc", target->place)))
      continue;
    if (last && (titled(line, "Status", ignored) || titled(line, "Mirrored", ignored) || titled(line, "Physloc", ignored) ||
                 titled(line, "Backing device", ignored)))
      continue;
    return Error{"import",
                 fmt::format("{}:{}: lsmap has no such line: {}", shown_name(file), number, shown_name(line.substr(0, 60)))};
  }
  return all;
}

}  // namespace emu::app::site
