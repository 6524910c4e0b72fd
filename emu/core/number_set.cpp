// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/number_set.h"

#include <algorithm>

namespace emu {

NumberSet NumberSet::below(u32 end) {
  NumberSet set;
  if (end) set.runs_.push_back({0, end});
  return set;
}

bool NumberSet::contains(u32 number) const {
  const auto after = std::ranges::upper_bound(runs_, number, {}, &Run::first);
  return after != runs_.begin() && number - std::prev(after)->first < std::prev(after)->count;
}

u32 NumberSet::count() const {
  u32 all = 0;
  for (const Run& run : runs_) all += run.count;
  return all;
}

std::vector<u32> NumberSet::numbers() const {
  std::vector<u32> all;
  for (const Run& run : runs_)
    for (u32 i = 0; i < run.count; ++i) all.push_back(run.first + i);
  return all;
}

void NumberSet::add(u32 number) {
  if (contains(number)) return;
  auto after = std::ranges::upper_bound(runs_, number, {}, &Run::first);
  if (after != runs_.begin() && std::prev(after)->first + std::prev(after)->count == number) {
    --after;
    ++after->count;
  } else {
    after = runs_.insert(after, Run{number, 1});
  }
  if (const auto next = std::next(after); next != runs_.end() && after->first + after->count == next->first) {
    after->count += next->count;
    runs_.erase(next);
  }
}

void NumberSet::remove(u32 number) {
  if (!contains(number)) return;
  const auto run = std::prev(std::ranges::upper_bound(runs_, number, {}, &Run::first));
  const Run behind{number + 1, run->first + run->count - number - 1};
  run->count = number - run->first;
  const auto at = run->count ? std::next(run) : runs_.erase(run);
  if (behind.count) runs_.insert(at, behind);
}

void archive(Archive& ar, NumberSet::Run& run) {
  auto& [first, count] = run;
  ar.section("run", 1);
  ar("first", first);
  ar("count", count);
}

void archive(Archive& ar, NumberSet& set) {
  ar.section("numbers", 1);
  ar("runs", set.runs_);
  if (!ar.loading()) return;
  u64 least = 0;  // a run that touches the one before is that one
  for (const NumberSet::Run& run : set.runs_) {
    if (run.first < least || run.count == 0 || u64{run.first} + run.count > ~u32{0}) return ar.fail("are no runs of numbers");
    least = u64{run.first} + run.count + 1;
  }
}

}  // namespace emu
