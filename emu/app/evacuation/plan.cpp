// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/plan.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/profile_rules.h"

namespace emu::app::evacuation {

namespace {

class Planner {
 public:
  Planner(std::vector<Room> rooms, const Wishes& wishes) : rooms_(std::move(rooms)), wishes_(&wishes) {}

  enum class Choice { most_left = 1, least_left };
  Step place(const Guest& guest, Choice choice = Choice::most_left) {
    if (std::ranges::count(wishes_->shutdown, guest.name)) return {guest.name, Action::shutdown, "", ""};
    Room* best = nullptr;
    std::string why;
    for (Room& room : rooms_) {
      if (room.system == guest.system) continue;
      if (best && (choice == Choice::most_left ? room.memory_mb <= best->memory_mb : room.memory_mb >= best->memory_mb)) continue;
      const std::string against = obstacle(guest, room);
      if (against.empty())
        best = &room;
      else
        why += (why.empty() ? "" : " ") + fmt::format("{}: {}", room.system, against);
    }
    if (!best) return {guest.name, Action::stays, "", why};
    put(guest, *best);
    return {guest.name, Action::move, best->system, "", guest.system};
  }

  // A sentence; empty: there is none.
  std::string obstacle(const Guest& guest, const Room& room) const {
    const auto found = guest.why_not.find(room.system);
    if (found != guest.why_not.end() && !found->second.empty()) return found->second;
    if (guest.memory_mb > room.memory_mb)
      return fmt::format("It needs {} MB of memory, and {} MB are left beside those that go there before.", guest.memory_mb,
                         room.memory_mb);
    if (guest.units > room.units)
      return fmt::format("It needs {} processing units, and {} are left beside those that go there before.",
                         units_text(guest.units), units_text(room.units));
    if (room.partitions == 0) return "It has as many partitions as it can have.";
    for (const auto& group : wishes_->apart) {
      if (!std::ranges::count(group, guest.name)) continue;
      for (const std::string& other : group) {
        if (other == guest.name) continue;
        if (const auto there = placed_.find(other); there != placed_.end() && there->second == room.system)
          return fmt::format("{} goes there, from which it is to stay apart.", other);
        if (const auto there = stays_.find(other); there != stays_.end() && there->second == room.system)
          return fmt::format("{} is there, from which it is to stay apart.", other);
      }
    }
    // Last: it costs a question.
    return wishes_->judge && found == guest.why_not.end() ? wishes_->judge(guest, room.system) : "";
  }

  void put(const Guest& guest, Room& room) {
    room.memory_mb -= guest.memory_mb;
    room.units -= guest.units;
    --room.partitions;
    placed_[guest.name] = room.system;
    stays_.erase(guest.name);
  }
  void take(const Guest& guest, Room& room) {
    room.memory_mb += guest.memory_mb;
    room.units += guest.units;
    ++room.partitions;
  }
  void knows(const std::vector<Guest>& guests) {
    for (const Guest& guest : guests) stays_[guest.name] = guest.system;
  }
  void close(const std::string& system) {
    std::erase_if(rooms_, [&](const Room& room) { return room.system == system; });
  }
  std::vector<Room>& rooms() { return rooms_; }

 private:
  std::vector<Room> rooms_;
  const Wishes* wishes_;
  std::map<std::string, std::string> placed_;
  std::map<std::string, std::string> stays_;  // so far
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

u32 fullness(const Room& room) {
  const auto share = [](u64 left, u64 all) {
    return all == 0 ? 0U : static_cast<u32>((all - std::min(left, all)) * 10'000 / all);
  };
  return std::max(share(room.memory_mb, room.memory_all_mb), share(room.units, room.units_all));
}

std::vector<Step> balanced(const std::vector<Guest>& guests, std::vector<Room> rooms, const Wishes& wishes) {
  constexpr u32 worth_it = 100;  // a per cent
  Planner planner(std::move(rooms), wishes);
  planner.knows(guests);
  std::vector<Step> steps;
  std::vector<const Guest*> left;
  for (const Guest& guest : guests)
    if (guest.running) left.push_back(&guest);
  struct Candidate {
    const Guest* guest;
    Room* to;
    u32 then;  // how full the fuller of the two is then
  };
  while (true) {
    const auto fullest = std::ranges::max_element(planner.rooms(), {}, fullness);
    if (fullest == planner.rooms().end()) break;
    const u32 now = fullness(*fullest);
    std::vector<Candidate> candidates;
    for (const Guest* guest : left) {
      if (guest->system != fullest->system) continue;
      for (Room& room : planner.rooms()) {
        if (&room == &*fullest || guest->memory_mb > room.memory_mb || guest->units > room.units) continue;
        Room from = *fullest, to = room;
        from.memory_mb += guest->memory_mb, from.units += guest->units;
        to.memory_mb -= guest->memory_mb, to.units -= guest->units;
        const u32 then = std::max(fullness(from), fullness(to));
        if (then + worth_it <= now) candidates.push_back({guest, &room, then});
      }
    }
    // Of equal ones the one to where the least is.
    std::ranges::stable_sort(candidates, {}, [](const Candidate& each) { return std::pair(each.then, fullness(*each.to)); });
    const auto best =
        std::ranges::find_if(candidates, [&](const Candidate& each) { return planner.obstacle(*each.guest, *each.to).empty(); });
    if (best == candidates.end()) break;
    steps.push_back({best->guest->name, Action::move, best->to->system, "", best->guest->system});
    planner.take(*best->guest, *fullest);
    planner.put(*best->guest, *best->to);
    std::erase(left, best->guest);
  }
  return steps;
}

std::vector<Step> consolidated(const std::vector<Guest>& guests, std::vector<Room> rooms, const Wishes& wishes,
                               std::vector<std::string>& notes) {
  std::vector<std::pair<u64, std::string>> order;  // by what is to be moved
  for (const Room& room : rooms) {
    u64 memory = 0;
    bool used = false;
    for (const Guest& guest : guests)
      if (guest.system == room.system) memory += guest.memory_mb, used = true;
    if (used) order.emplace_back(memory, room.system);
  }
  std::ranges::stable_sort(order, {}, &std::pair<u64, std::string>::first);
  Planner planner(std::move(rooms), wishes);
  planner.knows(guests);
  std::erase_if(planner.rooms(), [&](const Room& room) {
    return std::ranges::none_of(order, [&](const auto& each) { return each.second == room.system; });
  });
  std::vector<Step> steps;
  for (const auto& [memory, system] : order) {
    if (planner.rooms().size() < 2) break;
    // Who has come by an earlier move does not move again: then it is no system to be emptied.
    if (std::ranges::any_of(steps, [&](const Step& step) { return step.to == system; })) continue;
    std::vector<const Guest*> leaving;
    for (const Guest& guest : guests)
      if (guest.system == system) leaving.push_back(&guest);
    std::ranges::stable_sort(leaving, {}, [](const Guest* guest) { return ~guest->memory_mb; });
    Planner attempt = planner;
    std::vector<Step> made;
    const Step* stays = nullptr;
    for (const Guest* guest : leaving) {
      made.push_back(attempt.place(*guest, Planner::Choice::least_left));
      if (made.back().action != Action::stays) continue;
      stays = &made.back();
      break;
    }
    if (stays) {
      notes.push_back(fmt::format("{} is not emptied, because {} stays. {}", system, stays->partition, stays->why));
      continue;
    }
    planner = std::move(attempt);
    planner.close(system);
    steps.insert(steps.end(), made.begin(), made.end());
  }
  return steps;
}

}  // namespace emu::app::evacuation
