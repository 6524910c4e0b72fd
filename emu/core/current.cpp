// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/current.h"

#include <algorithm>

namespace emu {

Current current_from(const Configuration& configuration, std::string profile) {
  Current current;
  static_cast<Configuration&>(current) = configuration;
  current.profile = std::move(profile);
  current.pending = configuration;
  return current;
}

NumberSet processors_of(const Current& current) {
  return current.processors.runs().empty() ? NumberSet::below(current.desired_procs) : current.processors;
}

NumberSet memory_blocks_of(const Current& current, u32 lmb_mb) {
  return current.memory_blocks.runs().empty() ? NumberSet::below(current.desired_mem / std::max<u32>(1, lmb_mb))
                                              : current.memory_blocks;
}

Capacity taken_by(const Current& current) {
  Capacity taken = current;
  taken.desired_mem = std::max(taken.desired_mem, current.pending.desired_mem);
  taken.desired_procs = std::max(taken.desired_procs, current.pending.desired_procs);
  taken.desired_proc_units = std::max(taken.desired_proc_units, current.pending.desired_proc_units);
  return taken;
}

void archive(Archive& ar, Current& current) {
  const u16 version = ar.section("current", 6);
  ar("profile", current.profile);
  // Version 3 had other things new.
  archive_fields(ar, static_cast<Configuration&>(current), version < 4 ? std::min<u16>(version, 2) : version - 1);
  const u16 of_pending = ar.section("pending", 4);
  archive_fields(ar, current.pending, of_pending);
  if (version < 3) return;
  ar("processors", current.processors);
  ar("memory_blocks", current.memory_blocks);
}

}  // namespace emu
