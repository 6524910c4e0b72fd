// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The processors of a frame, as its running partitions share them: each dispatcher is a member, and asks how long it may run. Times of a
// host's processor are counted, in windows (firmware/dispatch_share.h). A window is closed by the first one that asks after its end: while
// nobody is held back, nobody has to ask. Any thread.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "emu/core/configuration.h"
#include "firmware/dispatch_share.h"

namespace firmware {

class ProcessorShares {
 public:
  static constexpr u64 unlimited = ~u64{0};

  class Member {
   public:
    ~Member();
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    void has(const emu::Capacity&);
    // Nanoseconds of a host's processor, from `now` on. 0: none before window_end().
    u64 may_run(u64 now);
    u64 window_end() const { return shares_.end_; }
    void idles(bool yes) { idle_ = yes; }  // it has nothing to run

   private:
    friend class ProcessorShares;
    explicit Member(ProcessorShares& shares) : shares_(shares) {}

    ProcessorShares& shares_;
    std::function<u64()> used_;    // of a host's processor, ever
    std::function<void()> hurry_;  // it may run for a shorter time than it was told
    emu::Capacity capacity_;       // with the lock of the shares, as what follows
    u32 at_once_ = 1;
    u64 used_at_begin_ = 0;              // of the window
    s64 share_ = 0;                      // of the window
    s64 allowed_ = 0;                    // with what was carried over
    std::atomic<u64> limit_{unlimited};  // of used_
    std::atomic<bool> stopped_{false};   // it has reached it
    std::atomic<bool> idle_{true};
    std::atomic<bool> dedicated_{false};
    u64 used_when_settled_ = 0;
  };

  ProcessorShares(const emu::Clock& clock, u32 host_processors) : clock_(clock), host_units_(100 * host_processors) {}

  void set_units(u32 of_the_system);  // hundredths of a processor
  void set_pools(std::vector<emu::ProcessorPool>);

  // `used` and `hurry` are called with a lock held: they must not come back.
  // `at_once`: so many of its virtual processors can run at the same time.
  std::unique_ptr<Member> join(const emu::Capacity&, u32 at_once, std::function<u64()> used, std::function<void()> hurry);

  // Nanoseconds that the processors of a pool were not used for, since the system has started; and hundredths of a processor that it has.
  u64 idle(u32 pool);
  u32 units(u32 pool) const;

 private:
  void close_window(u64 now);
  void divide(u64 windows_closed);
  void settle();
  u32 shared_units() const;
  u32 units_in(u32 pool) const;

  const emu::Clock& clock_;
  const u32 host_units_;
  mutable std::mutex mutex_;
  std::vector<Member*> members_;
  std::vector<emu::ProcessorPool> pools_;  // the unusual ones
  u32 system_units_ = 0;
  u64 begin_ = 0;
  std::atomic<u64> end_{0};
  std::vector<u64> idle_ = std::vector<u64>(emu::processor_pools);
  u64 settled_at_ = 0;
};

}  // namespace firmware
