// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/dispatch_share.h"

#include <algorithm>
#include <array>

namespace firmware {

namespace {

constexpr u64 unit = dispatch_window / 100;  // a hundredth of a processor

// What may still be handed out: to all of them, and to each pool.
struct Left {
  u64 all = 0;
  std::array<u64, emu::processor_pools> pool{};

  void take(u32 number, u64 time) {
    all -= std::min(all, time);
    pool[number] -= std::min(pool[number], time);
  }
};

u32 pool_of(const Sharer& sharer) { return std::min(sharer.pool, emu::processor_pools - 1); }
u64 most(const Sharer& sharer) { return sharer.at_once * dispatch_window; }
u64 entitled(const Sharer& sharer) { return std::min(sharer.units * unit, most(sharer)); }

Left what_there_is(u64 units, std::span<const emu::ProcessorPool> pools) {
  Left left;
  left.all = units * unit;
  left.pool.fill(left.all);
  for (const emu::ProcessorPool& pool : pools)
    if (pool.id != emu::default_pool && pool.id < emu::processor_pools) left.pool[pool.id] = pool.max_units * unit;
  return left;
}

// In rounds: in each one, as much for every weight as the tightest limit allows; who has reached a limit leaves. Fractions of a
// nanosecond are nobody's.
void hand_out(std::span<const Sharer> sharers, std::vector<u64>& shares, Left& left, bool wants) {
  std::vector<size_t> takers;
  for (size_t i = 0; i < sharers.size(); ++i)
    if (sharers[i].wants == wants && !sharers[i].capped && sharers[i].weight) takers.push_back(i);
  const auto room = [&](size_t i) { return (most(sharers[i]) - shares[i]) / sharers[i].weight; };
  for (;;) {
    u64 weights = 0;
    std::array<u64, emu::processor_pools> weights_in{};
    std::erase_if(takers, [&](size_t i) { return room(i) == 0; });
    for (const size_t i : takers) weights_in[pool_of(sharers[i])] += sharers[i].weight;
    std::erase_if(takers, [&](size_t i) { return left.pool[pool_of(sharers[i])] < weights_in[pool_of(sharers[i])]; });
    for (const size_t i : takers) weights += sharers[i].weight;
    if (takers.empty() || left.all < weights) return;
    u64 each = left.all / weights;
    for (const size_t i : takers)
      each = std::min({each, room(i), left.pool[pool_of(sharers[i])] / weights_in[pool_of(sharers[i])]});
    for (const size_t i : takers) {
      shares[i] += each * sharers[i].weight;
      left.take(pool_of(sharers[i]), each * sharers[i].weight);
    }
  }
}

}  // namespace

std::vector<u64> dispatch_shares(std::span<const Sharer> sharers, u64 units, std::span<const emu::ProcessorPool> pools) {
  std::vector<u64> shares;
  Left left = what_there_is(units, pools);
  for (const Sharer& sharer : sharers) {
    shares.push_back(entitled(sharer));
    left.take(pool_of(sharer), sharer.wants ? entitled(sharer) : std::min(entitled(sharer), sharer.used));
  }
  hand_out(sharers, shares, left, true);
  hand_out(sharers, shares, left, false);
  return shares;
}

s64 carried_over(s64 allowed, u64 used, bool wants) {
  constexpr s64 most_late = 100 * s64{dispatch_window};
  constexpr s64 most_owed = 2 * s64{dispatch_window};
  const s64 left = allowed - static_cast<s64>(used);
  return std::clamp(left, -most_late, wants ? most_owed : 0);
}

}  // namespace firmware
