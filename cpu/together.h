// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The processors of a partition that run at the same time, each on a thread of its own.
//
// Guest code runs side by side. Everything else - translations, traps, hypercalls - is done by one thread at a time, which has the lock:
//
//   enter      the processor goes on in guest code, and the lock is free
//   come_out   it needs the hypervisor: it is outside at once, and waits for the lock
//   only       with the lock: when it returns, no other processor is in guest code, and none gets there before the lock is free
//
// What is taken back from processors (a translation, the right to write a page) is gone from all of them once `only` has returned,
// because each looks at what has changed before it enters again. It costs the others' way to the end of their present block of code.
//
// A partition whose processors take turns on one thread has none of this: all functions return at once.

#include <atomic>
#include <mutex>
#include <vector>

#include "emu/core/types.h"

namespace cpu {

class Together {
 public:
  class Member {
   public:
    virtual ~Member() = default;
    // Any thread: it comes out soon.
    virtual void hurry() = 0;
    bool inside() const { return inside_.load(std::memory_order_acquire); }

   private:
    friend class Together;
    std::atomic<bool> inside_{false};
  };

  // Before there are members. `plain`: their code is translated as if there were one processor, to show what is different then.
  enum class Code { for_several, plain };
  void run_at_the_same_time(Code code = Code::for_several) {
    several_ = true;
    code_ = code;
  }
  bool several() const { return several_; }
  Code code() const { return code_; }

  // With the lock or without it, but not in guest code.
  void join(Member&);
  void leave(Member&);

  void lock() {
    if (several_) mutex_.lock();
  }
  void unlock() {
    if (several_) mutex_.unlock();
  }

  // Each is called by the member's own thread, which has the lock before and after the other one.
  void enter(Member& member) {
    if (!several_) return;
    member.inside_.store(true, std::memory_order_relaxed);
    mutex_.unlock();
  }
  void come_out(Member& member) {
    if (!several_) return;
    member.inside_.store(false, std::memory_order_release);
    mutex_.lock();
  }
  void only(const Member* but);  // null: nobody; its caller is outside

  u64 told = 0;  // with the lock: what has been taken back from all, as Processor counts it

 private:
  bool several_ = false;
  Code code_ = Code::for_several;
  std::mutex mutex_;
  std::mutex members_mutex_;  // taken after the lock
  std::vector<Member*> members_;
};

}  // namespace cpu
