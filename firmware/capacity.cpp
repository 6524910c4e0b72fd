// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/capacity.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/page_table_size.h"
#include "emu/core/profile_rules.h"

namespace firmware {

u64 page_table_mb_of(const emu::FrameConfig& frame, emu::LparEnv env, u64 memory_mb) {
  return env == emu::LparEnv::vioserver ? 0 : emu::page_table_mb(memory_mb, frame.lmb_mb);
}

void add(Usage& usage, const emu::FrameConfig& frame, emu::LparEnv env, const emu::Capacity& has) {
  usage.partitions_mb += has.desired_mem;
  usage.firmware_mb += page_table_mb_of(frame, env, has.desired_mem);
  usage.units += emu::units_of(has);
}

u64 free_memory_mb(const emu::FrameConfig& frame, const Usage& usage) {
  const u64 used = usage.partitions_mb + usage.firmware_mb + usage.reserved_mb;
  return used >= frame.memory_mb ? 0 : frame.memory_mb - used;
}

u32 free_units(const emu::FrameConfig& frame, const Usage& usage) {
  const u32 all = frame.processors * 100;
  return usage.units >= all ? 0 : all - usage.units;
}

emu::Result<emu::Configuration> grant(const emu::FrameConfig& frame, const Usage& usage, const std::string& name,
                                      emu::LparEnv env, const emu::Configuration& wished) {
  emu::Configuration granted = wished;
  const u64 block = std::max<u32>(1, frame.lmb_mb);
  const u64 table = page_table_mb_of(frame, env, wished.desired_mem);
  const u64 free = free_memory_mb(frame, usage);
  const u64 available = free > table ? free - table : 0;
  const u64 memory = std::min<u64>(wished.desired_mem, available / block * block);
  if (memory == 0 || memory < std::min(wished.min_mem, wished.desired_mem))
    return emu::Error{"HSCL03EC",
                      fmt::format("There is not enough memory for partition {}: it needs {} MB and {} MB for its page "
                                  "table, {} MB are available.",
                                  name, std::max<u32>(wished.min_mem, 1), table, free)};
  granted.desired_mem = static_cast<u32>(memory);
  const u32 units = free_units(frame, usage);
  if (wished.proc_mode == emu::ProcMode::shared) {
    if (units < std::min(wished.min_proc_units, wished.desired_proc_units))
      return emu::Error{"HSCL03ED", fmt::format("There are not enough processing units for partition {}: {:.2f} are available.",
                                                name, units / 100.0)};
    granted.desired_proc_units = std::min(wished.desired_proc_units, units);
    granted.desired_procs = std::min(wished.desired_procs, granted.desired_proc_units / emu::least_units);
  } else {
    if (units / 100 < std::min(wished.min_procs, wished.desired_procs) || units < 100)
      return emu::Error{"HSCL03ED",
                        fmt::format("There are not enough processors for partition {}: {} are available.", name, units / 100)};
    granted.desired_procs = std::min(wished.desired_procs, units / 100);
  }
  return granted;
}

}  // namespace firmware
