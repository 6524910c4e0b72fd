// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The four phases into which people divide an active migration: how far each is, and how long it may take. One that takes longer is
// undone.
//
//   steps 1 - 6: Init | 7: Copy | 8: I/O Quiesce | 9 - 11: Frozen

#include <array>
#include <optional>
#include <string_view>

#include "hmc/hmc.h"

namespace hmc {

enum class MovePhase : u8 { init = 0, copy, io_quiesce, frozen };

struct MovePhaseRow {
  std::string_view name;
  std::string_view limit;  // the attribute of migrlpar's data that sets it, in seconds
  u32 first_step;
  u32 last_step;
  u64 usual;  // nanoseconds; to those of Init and I/O Quiesce the time that the operating system may take is added
};
inline constexpr std::array<MovePhaseRow, 4> move_phases{{
    {"Init", "init_time_limit", 1, 6, 300 * emu::nanoseconds_per_second},
    {"Copy", "copy_time_limit", 7, 7, 3600 * emu::nanoseconds_per_second},
    {"I/O Quiesce", "io_quiesce_time_limit", 8, 8, 60 * emu::nanoseconds_per_second},
    {"Frozen", "frozen_time_limit", 9, 11, 120 * emu::nanoseconds_per_second},
}};
constexpr const MovePhaseRow& row_of(MovePhase phase) { return move_phases[static_cast<size_t>(phase)]; }

inline constexpr u64 longest_phase_limit = 86'400;  // seconds

// What the user has asked for, in nanoseconds; without a wish the usual.
using PhaseLimits = std::array<std::optional<u64>, move_phases.size()>;
// `wait`: for the operating system's part.
u64 limit_of(const PhaseLimits&, MovePhase, u64 wait);

// The phase of a step; none after the last of them.
std::optional<MovePhase> phase_of(u32 step);

// Per cent of each.
std::array<u32, move_phases.size()> percents(const MoveStatus&);

}  // namespace hmc
