// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/profile_rules.h"

namespace emu::app::evacuation {

namespace {

class Planner {
 public:
  Planner(std::vector<Room> rooms, const Wishes& wishes) : rooms_(std::move(rooms)), wishes_(wishes) {}

  Step place(const Guest& guest) {
    if (std::ranges::count(wishes_.shutdown, guest.name)) return {guest.name, Action::shutdown, "", ""};
    Room* best = nullptr;
    std::string why;
    for (Room& room : rooms_) {
      const std::string against = obstacle(guest, room);
      if (!against.empty())
        why += (why.empty() ? "" : " ") + fmt::format("{}: {}", room.system, against);
      else if (!best || room.memory_mb > best->memory_mb)
        best = &room;
    }
    if (!best) return {guest.name, Action::stays, "", why};
    best->memory_mb -= guest.memory_mb;
    best->units -= guest.units;
    --best->partitions;
    placed_[guest.name] = best->system;
    return {guest.name, Action::move, best->system, ""};
  }

 private:
  // A sentence; empty: there is none.
  std::string obstacle(const Guest& guest, const Room& room) const {
    if (const auto found = guest.why_not.find(room.system); found != guest.why_not.end() && !found->second.empty())
      return found->second;
    if (guest.memory_mb > room.memory_mb)
      return fmt::format("It needs {} MB of memory, and {} MB are left beside those that go there before.", guest.memory_mb,
                         room.memory_mb);
    if (guest.units > room.units)
      return fmt::format("It needs {} processing units, and {} are left beside those that go there before.",
                         units_text(guest.units), units_text(room.units));
    if (room.partitions == 0) return "It has as many partitions as it can have.";
    for (const auto& group : wishes_.apart) {
      if (!std::ranges::count(group, guest.name)) continue;
      for (const std::string& other : group)
        if (const auto there = placed_.find(other); there != placed_.end() && there->second == room.system)
          return fmt::format("{} goes there, from which it is to stay apart.", other);
    }
    return "";
  }

  std::vector<Room> rooms_;
  const Wishes& wishes_;
  std::map<std::string, std::string> placed_;
};

long choices(const Guest& guest, const std::vector<Room>& rooms) {
  return std::ranges::count_if(rooms, [&](const Room& room) {
    const auto found = guest.why_not.find(room.system);
    return found == guest.why_not.end() || found->second.empty();
  });
}

}  // namespace

std::vector<Step> plan(std::vector<Guest> guests, std::vector<Room> rooms, const Wishes& wishes) {
  std::ranges::stable_sort(guests, {}, [](const Guest& guest) { return ~guest.memory_mb; });
  std::vector<const Guest*> by_choice;
  for (const Guest& guest : guests) by_choice.push_back(&guest);
  std::ranges::stable_sort(by_choice, {}, [&](const Guest* guest) { return choices(*guest, rooms); });
  Planner planner(std::move(rooms), wishes);
  std::map<std::string, Step> placed;
  for (const Guest* guest : by_choice) placed[guest->name] = planner.place(*guest);
  std::vector<Step> steps;
  for (const Guest& guest : guests) steps.push_back(placed[guest.name]);
  return steps;
}

}  // namespace emu::app::evacuation
