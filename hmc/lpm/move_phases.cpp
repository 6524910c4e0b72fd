// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/move_phases.h"

#include <algorithm>

namespace hmc {

u64 limit_of(const PhaseLimits& limits, MovePhase phase, u64 wait) {
  if (const auto& wished = limits[static_cast<size_t>(phase)]) return *wished;
  const bool waits = phase == MovePhase::init || phase == MovePhase::io_quiesce;
  return row_of(phase).usual + (waits ? wait : 0);
}

std::optional<MovePhase> phase_of(u32 step) {
  for (size_t i = 0; i < move_phases.size(); ++i)
    if (step >= move_phases[i].first_step && step <= move_phases[i].last_step) return static_cast<MovePhase>(i);
  return std::nullopt;
}

std::array<u32, move_phases.size()> percents(const MoveStatus& move) {
  std::array<u32, move_phases.size()> all{};
  for (size_t i = 0; i < all.size(); ++i) {
    const MovePhaseRow& row = move_phases[i];
    if (move.step > row.last_step) {
      all[i] = 100;
    } else if (move.step >= row.first_step) {
      // Of the memory it is known how much has come; elsewhere, which of the steps are done.
      const bool copies = static_cast<MovePhase>(i) == MovePhase::copy;
      all[i] = copies ? std::min(move.percent, 99U) : (move.step - row.first_step) * 100 / (row.last_step - row.first_step + 1);
    }
  }
  return all;
}

}  // namespace hmc
