// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/utilization/utilization.h"

#include <algorithm>

#include <fmt/format.h>

#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr const char* rate_kind = "utilization_rate";
constexpr const char* sample_kind = "utilization";

struct Rate {
  u32 seconds = 0;
  FIELDS(Rate, seconds)
};

// In the order of time.
std::string key_of(const UtilizationSample& sample) { return fmt::format("{:020} {}", sample.wall, sample.mtms); }

// 512 MHz: 64 cycles are 125 ns.
u64 cycles(u64 ns) { return ns / 125 * 64 + ns % 125 * 64 / 125; }
u64 since(u64 later, u64 earlier) { return later - std::min(later, earlier); }

LparSample part_of(const System& system, const Lpar& lpar, u64 wall, const UtilizationSample* before) {
  const emu::Current& has = *lpar.current();
  LparSample sample;
  sample.lpar_id = lpar.id();
  sample.name = lpar.name();
  sample.life = lpar.info.life;
  sample.dedicated = has.proc_mode == emu::ProcMode::ded;
  sample.proc_units = units_of(has);
  sample.procs = has.desired_procs;
  sample.sharing_mode = has.sharing_mode;
  sample.uncap_weight = has.uncap_weight;
  sample.pool = has.shared_proc_pool;
  sample.pool_name = emu::pool_of(system.info.processor_pools, has.shared_proc_pool).name;
  sample.mem_mb = has.desired_mem;
  sample.used_ns = lpar.info.used_ns;
  const LparSample* former = nullptr;
  if (before)
    for (const LparSample& each : before->lpars)
      if (each.lpar_id == sample.lpar_id && each.life == sample.life && each.used_ns <= sample.used_ns) former = &each;
  const u64 begin = former ? before->wall : sample.life ? sample.life : wall;
  sample.time_cycles = (former ? former->time_cycles : 0) + cycles(since(wall, begin));
  const u64 entitled = cycles(since(wall, begin)) / 100 * sample.proc_units;
  const u64 used = cycles(since(sample.used_ns, former ? former->used_ns : 0));
  sample.entitled_cycles = (former ? former->entitled_cycles : 0) + entitled;
  // A capped one that was stopped a moment too late has used nothing beyond: it gets less of the next window.
  const u64 within = has.sharing_mode == emu::SharingMode::cap ? used : std::min(used, entitled);
  sample.capped_cycles = (former ? former->capped_cycles : 0) + within;
  sample.uncapped_cycles = (former ? former->uncapped_cycles : 0) + since(used, within);
  return sample;
}

}  // namespace

UtilizationSample sample_of(const System& system, u64 wall, const UtilizationSample* before) {
  UtilizationSample sample;
  sample.mtms = system.mtms();
  sample.wall = wall;
  sample.state = system.state();
  sample.proc_units = system.info.processors * 100;
  sample.available_proc_units = system.info.available_proc_units;
  sample.mem_mb = system.info.installed_mem_mb;
  sample.available_mem_mb = system.info.available_mem_mb;
  sample.firmware_mem_mb = system.info.firmware_mem_mb;
  for (const Lpar& lpar : system.lpars)
    if (lpar.info.has_resources && lpar.current()) sample.lpars.push_back(part_of(system, lpar, wall, before));
  if (!before) return sample;
  sample.pool_cycles = before->pool_cycles + cycles(since(wall, before->wall)) * system.info.processors;
  sample.used_pool_cycles = before->used_pool_cycles;
  for (const LparSample& lpar : sample.lpars) {
    const auto former = std::ranges::find(before->lpars, lpar.lpar_id, &LparSample::lpar_id);
    const bool same = former != before->lpars.end() && former->life == lpar.life;
    sample.used_pool_cycles += cycles(since(lpar.used_ns, same ? former->used_ns : 0));
  }
  return sample;
}

Utilization::Utilization(Journal& journal) : journal_(journal) {
  for (const Kept& kept : journal.kept(rate_kind))
    if (const auto rate = emu::from_bytes<Rate>(kept.content)) rates_[kept.name] = rate->seconds;
  for (const Kept& kept : journal.kept(sample_kind))
    if (auto sample = emu::from_bytes<UtilizationSample>(kept.content)) samples_.push_back(std::move(*sample));
}

u32 Utilization::rate(const std::string& mtms) const {
  const std::lock_guard lock(mutex_);
  const auto found = rates_.find(mtms);
  return found == rates_.end() ? 0 : found->second;
}

Status Utilization::set_rate(const std::string& mtms, u32 seconds) {
  const std::lock_guard lock(mutex_);
  TRY(journal_.keep({rate_kind, mtms, emu::to_bytes(Rate{seconds})}));
  rates_[mtms] = seconds;
  return emu::success();
}

std::optional<u64> Utilization::due(const std::string& mtms, u64 now) const {
  const u32 seconds = rate(mtms);
  if (seconds == 0) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const auto last = std::ranges::find(samples_.rbegin(), samples_.rend(), mtms, &UtilizationSample::mtms);
  return last == samples_.rend() ? now : last->wall + seconds * emu::nanoseconds_per_second;
}

std::vector<UtilizationSample> Utilization::samples(const std::string& mtms) const {
  const std::lock_guard lock(mutex_);
  std::vector<UtilizationSample> found;
  for (auto sample = samples_.rbegin(); sample != samples_.rend(); ++sample)
    if (sample->mtms == mtms) found.push_back(*sample);
  return found;
}

Status Utilization::take(const System& system, u64 wall) {
  const std::lock_guard lock(mutex_);
  const auto last = std::ranges::find(samples_.rbegin(), samples_.rend(), system.mtms(), &UtilizationSample::mtms);
  UtilizationSample sample = sample_of(system, wall, last == samples_.rend() ? nullptr : &*last);
  TRY(journal_.keep({sample_kind, key_of(sample), emu::to_bytes(sample)}));
  samples_.push_back(std::move(sample));
  while (samples_.size() > most_samples) {
    TRY(journal_.forget(sample_kind, key_of(samples_.front())));
    samples_.pop_front();
  }
  return emu::success();
}

}  // namespace hmc
