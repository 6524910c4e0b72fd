// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/capacity.h"

#include "emu/core/grant.h"

namespace firmware {

void add(Usage& usage, const emu::FrameConfig& frame, emu::LparEnv env, const emu::Capacity& has) {
  usage.partitions_mb += has.desired_mem;
  usage.firmware_mb += emu::page_table_mb_of(frame.lmb_mb, env, has.desired_mem);
  usage.units += emu::units_of(has);
  usage.huge_pages += has.desired_num_huge_pages;
}

u64 free_memory_mb(const emu::FrameConfig& frame, const Usage& usage) {
  const u64 used = usage.partitions_mb + usage.firmware_mb + usage.reserved_mb + frame.huge_pages * emu::huge_page_mb;
  return used >= frame.memory_mb ? 0 : frame.memory_mb - used;
}

u32 free_units(const emu::FrameConfig& frame, const Usage& usage) {
  const u32 all = frame.processors * 100;
  return usage.units >= all ? 0 : all - usage.units;
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
