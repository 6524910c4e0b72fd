// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/grant.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/page_table_size.h"
#include "emu/core/profile_rules.h"

namespace emu {

u64 page_table_mb_of(u32 lmb_mb, LparEnv env, const Capacity& of) {
  return env == LparEnv::vioserver ? 0 : page_table_mb(std::max(of.desired_mem, of.max_mem), lmb_mb, of.hpt_ratio);
}

Result<Configuration> grant(const Room& room, const std::string& name, LparEnv env, const Configuration& wished) {
  Configuration granted = wished;
  const u64 block = std::max<u32>(1, room.lmb_mb);
  const u64 table = page_table_mb_of(room.lmb_mb, env, wished);
  const u64 free = room.memory_mb;
  const u64 available = free > table ? free - table : 0;
  const u64 memory = std::min<u64>(wished.desired_mem, available / block * block);
  if (memory == 0 || memory < std::min(wished.min_mem, wished.desired_mem))
    return Error{"HSCL03EC", fmt::format("There is not enough memory for partition {}: it needs {} MB and {} MB for its page "
                                         "table, {} MB are available.",
                                         name, std::max<u32>(wished.min_mem, 1), table, free)};
  granted.desired_mem = static_cast<u32>(memory);
  if (room.huge_pages < wished.min_num_huge_pages)
    return Error{"HSCL03EC", fmt::format("There are not enough huge pages for partition {}: it needs {}, {} are available.", name,
                                         wished.min_num_huge_pages, room.huge_pages)};
  granted.desired_num_huge_pages = std::min(wished.desired_num_huge_pages, room.huge_pages);
  const u32 units = room.units;
  if (wished.proc_mode == ProcMode::shared) {
    if (units < std::min(wished.min_proc_units, wished.desired_proc_units))
      return Error{"HSCL03ED", fmt::format("There are not enough processing units for partition {}: {:.2f} are available.", name,
                                           units / 100.0)};
    granted.desired_proc_units = std::min(wished.desired_proc_units, units);
    granted.desired_procs = std::min(wished.desired_procs, granted.desired_proc_units / least_units);
  } else {
    if (units / 100 < std::min(wished.min_procs, wished.desired_procs) || units < 100)
      return Error{"HSCL03ED",
                   fmt::format("There are not enough processors for partition {}: {} are available.", name, units / 100)};
    granted.desired_procs = std::min(wished.desired_procs, units / 100);
  }
  return granted;
}

void take(Room& room, LparEnv env, const Capacity& granted) {
  room.memory_mb -= std::min(room.memory_mb, granted.desired_mem + page_table_mb_of(room.lmb_mb, env, granted));
  room.units -= std::min(room.units, units_of(granted));
  room.huge_pages -= std::min(room.huge_pages, granted.desired_num_huge_pages);
}

}  // namespace emu
