// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/processor_shares.h"

#include <algorithm>
#include <utility>

namespace firmware {

namespace {

constexpr u64 lost_in_division = 1000;  // nanoseconds

bool is_dedicated(const emu::Capacity& capacity) { return capacity.proc_mode == emu::ProcMode::ded; }

}  // namespace

// ---- members ----

std::unique_ptr<ProcessorShares::Member> ProcessorShares::join(const emu::Capacity& capacity, u32 at_once,
                                                               std::function<u64()> used, std::function<void()> hurry) {
  std::unique_ptr<Member> member(new Member(*this));
  const std::lock_guard lock(mutex_);
  settle();
  member->used_ = std::move(used);
  member->hurry_ = std::move(hurry);
  member->capacity_ = capacity;
  member->at_once_ = at_once;
  member->dedicated_ = is_dedicated(capacity);
  member->used_at_begin_ = member->used_when_settled_ = member->used_();
  if (members_.empty()) {
    begin_ = clock_.monotonic();
    end_ = begin_ + dispatch_window;
  }
  members_.push_back(member.get());
  divide(0);
  return member;
}

ProcessorShares::Member::~Member() {
  const std::lock_guard lock(shares_.mutex_);
  shares_.settle();
  std::erase(shares_.members_, this);
}

void ProcessorShares::Member::has(const emu::Capacity& capacity) {
  const std::lock_guard lock(shares_.mutex_);
  shares_.settle();
  capacity_ = capacity;
  shares_.divide(0);
}

u64 ProcessorShares::Member::may_run(u64 now) {
  if (dedicated_) return unlimited;
  if (now >= shares_.end_) {
    const std::lock_guard lock(shares_.mutex_);
    shares_.close_window(now);
  }
  const u64 limit = limit_;
  if (limit == unlimited) return unlimited;
  const u64 used = used_();
  if (used < limit) return limit - used;
  stopped_ = true;
  return 0;
}

// ---- windows ----

void ProcessorShares::close_window(u64 now) {
  if (now < end_) return;  // somebody else was here first
  const u64 windows = (now - begin_) / dispatch_window;
  begin_ += windows * dispatch_window;
  divide(windows);
  end_ = begin_ + dispatch_window;
}

// What each may use in the window that begins now; or, if none was closed, in what remains of the one that is under way.
// SIMPLIFIED: a unit is the time of one of the host's processors. If it has fewer than the partitions are entitled to, it decides who runs.
// Of Virtual I/O Servers the movers alone are held back (vios/mover/entitlement.h).
void ProcessorShares::divide(u64 windows_closed) {
  const u64 windows = std::max<u64>(windows_closed, 1);
  std::vector<Sharer> sharers;
  std::vector<Member*> sharing;
  std::vector<s64> carried;
  for (Member* member : members_) {
    if (member->dedicated_) continue;
    const u64 used = member->used_() - member->used_at_begin_;
    const bool wants = member->stopped_ || !member->idle_;
    const emu::Capacity& has = member->capacity_;
    sharers.push_back({.units = emu::units_of(has),
                       .capped = has.sharing_mode == emu::SharingMode::cap,
                       .weight = has.uncap_weight,
                       .at_once = std::clamp(has.desired_procs, u32{1}, member->at_once_),
                       .pool = has.shared_proc_pool,
                       .wants = wants,
                       .used = used / windows});
    sharing.push_back(member);
    const s64 allowed = member->allowed_ + member->share_ * static_cast<s64>(std::min<u64>(windows, 1000) - 1);
    carried.push_back(windows_closed && member->limit_ != unlimited ? carried_over(allowed, used, wants) : 0);
    member->used_at_begin_ += used;
  }
  const std::vector<u64> shares = dispatch_shares(sharers, std::min(shared_units(), host_units_), pools_);
  for (size_t i = 0; i < sharing.size(); ++i) {
    Member& member = *sharing[i];
    const u64 before = member.limit_;
    member.share_ = static_cast<s64>(shares[i]);
    member.allowed_ = member.share_ + carried[i];
    member.limit_ = shares[i] + lost_in_division >= sharers[i].at_once * dispatch_window
                        ? unlimited
                        : member.used_at_begin_ + static_cast<u64>(std::max<s64>(member.allowed_, 0));
    member.stopped_ = false;
    if (member.limit_ < before) member.hurry_();
  }
}

// ---- what there is ----

void ProcessorShares::set_units(u32 of_the_system) {
  const std::lock_guard lock(mutex_);
  settle();
  system_units_ = of_the_system;
  divide(0);
}

void ProcessorShares::set_pools(std::vector<emu::ProcessorPool> pools) {
  const std::lock_guard lock(mutex_);
  settle();
  pools_ = std::move(pools);
  divide(0);
}

u32 ProcessorShares::shared_units() const {
  u32 dedicated = 0;
  for (const Member* member : members_)
    if (member->dedicated_) dedicated += emu::units_of(member->capacity_);
  return system_units_ - std::min(system_units_, dedicated);
}

// The default pool is all shared processors.
u32 ProcessorShares::units_in(u32 pool) const {
  return pool == emu::default_pool ? shared_units() : emu::pool_of(pools_, pool).max_units;
}

u32 ProcessorShares::units(u32 pool) const {
  const std::lock_guard lock(mutex_);
  return units_in(pool);
}

// What was used since the last time, and what there was.
void ProcessorShares::settle() {
  const u64 now = clock_.monotonic();
  const u64 passed = now - std::exchange(settled_at_, now);
  std::vector<u64> used(emu::processor_pools);
  for (Member* member : members_) {
    if (member->dedicated_) continue;
    const u64 all = member->used_();
    const u64 since = all - std::exchange(member->used_when_settled_, all);
    used[emu::default_pool] += since;
    if (const u32 pool = member->capacity_.shared_proc_pool; pool != emu::default_pool && pool < used.size()) used[pool] += since;
  }
  const auto idles = [&](u32 pool) {
    const u64 there_was = passed / 100 * units_in(pool);
    idle_[pool] += there_was - std::min(there_was, used[pool]);
  };
  idles(emu::default_pool);
  for (const emu::ProcessorPool& pool : pools_)
    if (pool.id != emu::default_pool && pool.id < idle_.size()) idles(pool.id);
}

u64 ProcessorShares::idle(u32 pool) {
  const std::lock_guard lock(mutex_);
  settle();
  return pool < idle_.size() ? idle_[pool] : 0;
}

}  // namespace firmware
