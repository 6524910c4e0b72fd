// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/capacity.h"

#include "emu/core/grant.h"

namespace firmware {

void add(Usage& usage, const emu::FrameConfig& frame, emu::LparEnv env, const emu::Capacity& has) {
  usage.partitions_mb += has.desired_mem;
  usage.firmware_mb += emu::page_table_mb_of(frame.lmb_mb, env, has);
  usage.units += emu::units_of(has);
  usage.huge_pages += has.desired_num_huge_pages;
}

namespace {

u64 used_memory_mb(const emu::FrameConfig& frame, const Usage& usage) {
  return usage.partitions_mb + usage.firmware_mb + usage.reserved_mb + frame.huge_pages * emu::huge_page_mb;
}
u64 beyond(u64 what, u64 limit) { return what > limit ? what - limit : 0; }

}  // namespace

u64 free_memory_mb(const emu::FrameConfig& frame, const Usage& usage) {
  return beyond(frame.memory_mb + usage.on_demand_mb, used_memory_mb(frame, usage));
}

u32 free_units(const emu::FrameConfig& frame, const Usage& usage) {
  return static_cast<u32>(beyond(frame.processors * 100 + usage.on_demand_units, usage.units));
}

u64 unreturned_memory_mb(const emu::FrameConfig& frame, const Usage& usage) {
  return beyond(used_memory_mb(frame, usage), frame.memory_mb + usage.on_demand_mb);
}

u32 unreturned_processors(const emu::FrameConfig& frame, const Usage& usage) {
  return static_cast<u32>((beyond(usage.units, frame.processors * 100 + usage.on_demand_units) + 99) / 100);
}

u32 free_huge_pages(const emu::FrameConfig& frame, const Usage& usage) {
  return usage.huge_pages >= frame.huge_pages ? 0 : frame.huge_pages - usage.huge_pages;
}

emu::Result<emu::Configuration> grant(const emu::FrameConfig& frame, const Usage& usage, const std::string& name,
                                      emu::LparEnv env, const emu::Configuration& wished) {
  return emu::grant({free_memory_mb(frame, usage), frame.lmb_mb, free_units(frame, usage), free_huge_pages(frame, usage)}, name,
                    env, wished);
}

}  // namespace firmware
