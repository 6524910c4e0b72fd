// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/events/serviceable_events.h"

#include <algorithm>
#include <ctime>
#include <sstream>

#include <fmt/format.h>

#include "hmc/attributes/list.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr const char* kind = "serviceable_event";

std::string key_of(const ServiceableEvent& event) { return fmt::format("{:010}", event.number); }

// "Thu Mar 29 14:33:00 2007"; 0: it is no time.
u64 time_from(const std::string& text) {
  std::tm parts{};
  const char* end = strptime(text.c_str(), "%a %b %e %H:%M:%S %Y", &parts);
  return end && !*end ? static_cast<u64>(timegm(&parts)) * emu::nanoseconds_per_second : 0;
}

}  // namespace

bool is_error_code(const std::string& refcode) {
  if (refcode.starts_with("B7") || refcode.starts_with("BA")) return true;
  // Those of the steps of a move say nothing about hardware. (Redbook appendix B)
  const bool of_a_move = refcode.starts_with("B2001") || refcode == "B2002210" || refcode == "B2008160";
  return refcode.starts_with("B2") && !of_a_move;
}

std::vector<Occurrence> hardware_errors(const std::string& error_log) {
  std::vector<Occurrence> found;
  std::istringstream lines(error_log);
  std::map<std::string, std::string> entry;
  const auto value = [](const std::string& line) { return attributes::trimmed(line.substr(line.find(':') + 1)); };
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("-----")) entry.clear();
    for (const char* name : {"IDENTIFIER", "Date/Time", "Class", "Type"})
      if (line.starts_with(std::string(name) + ":")) entry[name] = value(line);
    if (line != "Description" || !std::getline(lines, line)) continue;
    const u64 wall = time_from(entry["Date/Time"]);
    if (entry["Class"] == "Hardware" && entry["Type"] == "PERM" && wall) found.push_back({wall, entry["IDENTIFIER"], line});
  }
  return found;
}

std::vector<ServiceableEvent> ServiceableEvents::all() const {
  std::vector<ServiceableEvent> events;
  for (const Kept& kept : journal_.kept(kind))
    if (auto event = emu::from_bytes<ServiceableEvent>(kept.content)) events.push_back(std::move(*event));
  return events;
}

Status ServiceableEvents::put(const ServiceableEvent& event) {
  return journal_.keep({kind, key_of(event), emu::to_bytes(event)});
}

Status ServiceableEvents::note(const System& system, const Lpar& lpar, std::vector<Occurrence> seen, u64 now) {
  const std::lock_guard lock(mutex_);
  std::ranges::sort(seen, {}, &Occurrence::wall);
  std::vector<ServiceableEvent> events = all();
  const std::string& uuid = lpar.info.definition.uuid;
  for (const Occurrence& each : seen) {
    ServiceableEvent* open = nullptr;
    u64 known_until = 0;
    for (ServiceableEvent& event : events) {
      if (event.lpar_uuid != uuid || event.refcode != each.refcode) continue;
      known_until = std::max(known_until, event.last);
      if (event.open) open = &event;
    }
    if (each.wall <= known_until) continue;
    if (open) {
      open->last = each.wall;
      ++open->duplicates;
      TRY(put(*open));
      continue;
    }
    const u64 number = events.empty() ? 1 : events.back().number + 1;
    events.push_back({number, system.name(), system.mtms(), lpar.id(), lpar.name(), uuid, each.refcode, each.text, now, each.wall,
                      each.wall, 0, true, ""});
    TRY(put(events.back()));
    if (events.size() > most_events) {
      TRY(journal_.forget(kind, key_of(events.front())));
      events.erase(events.begin());
    }
  }
  return emu::success();
}

Result<ServiceableEvent> ServiceableEvents::close(u64 number, const std::string& comment) {
  const std::lock_guard lock(mutex_);
  for (ServiceableEvent& event : all()) {
    if (event.number != number) continue;
    if (!event.open) return say("HSCLF0BD", number);
    event.open = false;
    event.comment = comment;
    TRY(put(event));
    return event;
  }
  return say("HSCLF0BC", number);
}

}  // namespace hmc
