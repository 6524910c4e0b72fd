// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Samples of what systems and partitions have and use, in the console's journal: how often they are taken is set for each system.
// (lslparutil, chlparutil) Any thread.

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "hmc/inventory/inventory.h"
#include "hmc/journal/journal.h"

namespace hmc {

// Cycles are those of the time base, and count from the partition's activation.
struct LparSample {
  u32 lpar_id = 0;
  std::string name;
  u64 life = 0;  // when it was activated
  bool dedicated = false;
  u32 proc_units = 0;
  u32 procs = 0;
  emu::SharingMode sharing_mode = emu::SharingMode::uncap;
  u32 uncap_weight = 0;
  u32 pool = 0;  // of shared processors
  std::string pool_name;
  u64 mem_mb = 0;
  u64 used_ns = 0;
  u64 time_cycles = 0;
  u64 entitled_cycles = 0;
  u64 capped_cycles = 0;    // used, within what it is entitled to
  u64 uncapped_cycles = 0;  // and beyond
  FIELDS(LparSample, lpar_id, name, life, dedicated, proc_units, procs, sharing_mode, uncap_weight, pool, pool_name, mem_mb,
         used_ns, time_cycles, entitled_cycles, capped_cycles, uncapped_cycles)
};

struct UtilizationSample {
  std::string mtms;
  u64 wall = 0;
  std::string state;
  u32 proc_units = 0;
  u32 available_proc_units = 0;
  u64 mem_mb = 0;
  u64 available_mem_mb = 0;
  u64 firmware_mem_mb = 0;
  u64 pool_cycles = 0;  // of all processors, since samples are taken
  u64 used_pool_cycles = 0;
  std::vector<LparSample> lpars;
  FIELDS(UtilizationSample, mtms, wall, state, proc_units, available_proc_units, mem_mb, available_mem_mb, firmware_mem_mb,
         pool_cycles, used_pool_cycles, lpars)
};

inline constexpr u64 cycles_per_second = 512'000'000;

// Of a system as it is at this moment. `before`: the latest one; null: there is none.
UtilizationSample sample_of(const System&, u64 wall, const UtilizationSample* before);

class Utilization {
 public:
  explicit Utilization(Journal&);

  u32 rate(const std::string& mtms) const;  // seconds; 0: no samples are taken
  Status set_rate(const std::string& mtms, u32 seconds);
  // When the next sample of the system is to be taken; none: never.
  std::optional<u64> due(const std::string& mtms, u64 now) const;

  std::vector<UtilizationSample> samples(const std::string& mtms) const;  // newest first
  Status take(const System&, u64 wall);

 private:
  static constexpr size_t most_samples = 500;  // of all systems

  Journal& journal_;
  mutable std::mutex mutex_;
  std::map<std::string, u32> rates_;
  std::deque<UtilizationSample> samples_;  // oldest first
};

}  // namespace hmc
