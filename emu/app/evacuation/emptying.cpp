// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/emptying.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/names.h"
#include "emu/core/text.h"

namespace emu::app::evacuation {

namespace {

Result<std::vector<std::string>> destinations(Records& records, const std::vector<std::string>& systems, const Emptying& wanted) {
  const auto emptied = TRY(records.systems());
  std::vector<std::string> chosen = wanted.to;
  for (const std::string& each : chosen) {
    if (std::ranges::count(systems, each) == 0)
      return Error{"evacuation", fmt::format("The console has no system {}.", shown_name(each))};
    if (each == wanted.system) return Error{"evacuation", fmt::format("{} is the system that is emptied.", each)};
    if (std::ranges::count(emptied, each)) return in_maintenance(each);
  }
  if (chosen.empty())
    for (const std::string& each : systems)
      if (each != wanted.system && !std::ranges::count(emptied, each)) chosen.push_back(each);
  if (chosen.empty()) return Error{"evacuation", "There is no other system."};
  return chosen;
}

}  // namespace

std::vector<std::vector<std::string>> groups_of(const std::string& text) {
  std::vector<std::vector<std::string>> groups;
  for (const std::string& group : words(text, ';')) groups.push_back(words(group, ','));
  return groups;
}

std::vector<std::vector<std::string>> Emptying::before() const {
  if (!only.empty()) return {};
  return {maintenance_command(system, true)};
}

Result<std::vector<Entry>> plan(const Work& work, Records& records, const Emptying& wanted) {
  const auto systems = TRY(work.all_systems());
  if (std::ranges::count(systems, wanted.system) == 0)
    return Error{"evacuation", fmt::format("The console has no system {}.", shown_name(wanted.system))};
  const auto targets = TRY(destinations(records, systems, wanted));
  const Ask console = work.asker();
  auto guests = TRY(guests_of(console, wanted.system));
  const Wishes wishes{wanted.shutdown, wanted.apart, {}};
  std::vector<std::string> named = wanted.shutdown;
  named.insert(named.end(), wanted.only.begin(), wanted.only.end());
  for (const auto& group : wanted.apart) named.insert(named.end(), group.begin(), group.end());
  for (const std::string& name : named)
    if (std::ranges::count(guests, name, &Guest::name) == 0)
      return Error{"evacuation", fmt::format("{} has no partition {} that could move.", wanted.system, shown_name(name))};
  if (!wanted.only.empty())
    std::erase_if(guests, [&](const Guest& guest) {
      return std::ranges::count(wanted.only, guest.name) + std::ranges::count(wanted.shutdown, guest.name) == 0;
    });
  std::vector<Room> rooms;
  for (const std::string& target : targets) rooms.push_back(TRY(room_of(console, target)));
  TRY(judge(console, guests, targets, [&](const Guest& guest) { return std::ranges::count(wanted.shutdown, guest.name) > 0; }));
  std::vector<Entry> entries;
  for (Step& step : plan(guests, std::move(rooms), wishes)) {
    const bool running = std::ranges::find(guests, step.partition, &Guest::name)->running;
    step.from = wanted.system;
    entries.push_back({std::move(step), running, Outcome::open, ""});
  }
  return entries;
}

Result<std::vector<Entry>> begin(const Work& work, Records& records, const Emptying& wanted, const std::vector<Entry>& planned,
                                 u32 at_once) {
  TRY(records.begin(wanted.key(), planned));
  for (const auto& each : wanted.before()) TRY(work.command(each));
  return work.carry_out(records, wanted.key(), at_once, Work::Way::there, true);
}

Result<std::vector<Entry>> go_on(const Work& work, Records& records, const std::string& key, u32 at_once, Work::Way way) {
  if (key[0] != not_a_system) TRY(work.command(maintenance_command(key, way == Work::Way::there)));
  return work.carry_out(records, key, at_once, way);
}

}  // namespace emu::app::evacuation
