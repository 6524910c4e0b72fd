// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The host thread that runs a partition's virtual processors in turn. A timer of the kernel's interrupts it in time: at the
// end of a time slice, or when a decrementer passes zero.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include <time.h>

#include "emu/core/clock.h"
#include "firmware/processor.h"
#include "firmware/processor_shares.h"

namespace firmware {

class Partition;

class Dispatcher {
 public:
  // Nanoseconds; only when more than one processor is runnable. Short, because a guest takes its processors to run at once; a
  // change of processors costs about 0.3 us.
  static constexpr u64 slice = 1'000'000;

  Dispatcher(Partition&, const emu::Clock&);
  ~Dispatcher();

  void start(bool parked);
  void stop();  // blocks until the thread has ended; not from the dispatcher itself
  bool on_this_thread() const { return std::this_thread::get_id() == thread_id_.load(); }

  void run_there(const std::function<void()>& work);

  void park();    // on the dispatcher: no processor runs until unpark
  void unpark();  // any thread
  bool parked() const;
  // Nanoseconds of a host processor that the virtual ones have used. Any thread.
  u64 used_ns() const;
  u64 used_ns(const Processor&) const;  // that one alone; on the dispatcher
  void capacity_changed();              // in run_there

  // Something has happened that may make a processor runnable: an interrupt, a prod. Any thread.
  void wake(const Processor* whose);
  void decrementer_changed(Processor&);            // on the dispatcher
  bool another_waits(const cpu::Cpu& than) const;  // on the dispatcher: is there anybody else to run?
  void end_soon();                                 // on the dispatcher: no processor runs any more; the thread waits for stop

 private:
  static constexpr clockid_t no_clock = 0;  // no thread's

  struct Work {
    const std::function<void()>* run;
    bool done = false;
  };

  void run();
  void run_until_stopped();
  void wait_for_window();
  void hurry();
  void charge();
  void do_work();
  static bool can_run(const Processor&);
  Processor* pick();
  void dispatch(Processor&);
  void vpa_edge(Processor&, bool running);
  bool make_timer();
  void arm(u64 deadline);
  static void timer_has_expired(Dispatcher&);  // in a signal handler, on the dispatcher's thread
  u64 next_deadline(const Processor* running) const;

  Partition& partition_;
  const emu::Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable event_;  // the dispatcher waits here
  std::condition_variable work_done_;
  std::deque<Work*> work_;
  bool started_ = false;
  bool stopping_ = false;
  bool parked_ = false;
  bool ended_ = false;
  bool woken_ = false;
  cpu::Cpu* running_ = nullptr;
  size_t turn_ = 0;
  std::mutex share_mutex_;                          // run_there does its work at once when the thread is about to end
  std::unique_ptr<ProcessorShares::Member> share_;  // while the thread lives
  u64 may_run_ = ProcessorShares::unlimited;        // from now on
  u64 charged_ = 0;                                 // of used_ns: what processors have on their accounts
  Processor* account_ = nullptr;                    // the one that ran last: it gets the rest

  std::optional<timer_t> timer_;
  std::atomic<u64> armed_{~u64{0}};                    // when the timer expires
  std::atomic<cpu::Cpu*> to_be_interrupted_{nullptr};  // by the timer

  std::thread thread_;
  std::atomic<std::thread::id> thread_id_{};
  std::atomic<clockid_t> used_clock_{no_clock};  // of the thread, while it lives
  std::atomic<u64> used_before_{0};              // by those that have ended
  std::mutex stop_mutex_;                        // two may want to stop it at once
  std::mutex inline_mutex_;                      // work while nothing is started
};

}  // namespace firmware
