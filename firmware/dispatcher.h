// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The host threads that run a partition's virtual processors: one for each, up to the host's processors; if there are more
// virtual ones, they take turns. A timer of the kernel's interrupts each thread in time: at the end of a time slice, or when a
// decrementer passes zero.
//
// What is said to happen "on the dispatcher" happens on one of these threads, with the partition's lock (cpu/together.h).

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <time.h>

#include "emu/core/clock.h"
#include "firmware/processor.h"
#include "firmware/processor_shares.h"

namespace firmware {

class Partition;

class Dispatcher {
 public:
  // Nanoseconds; only when more processors are runnable than there are threads. Short, because a guest takes its processors to run at
  // once; a change of processors costs about 0.3 us.
  static constexpr u64 slice = 1'000'000;

  // `threads`: as cpu/together.h has it, 1 if processors take turns.
  Dispatcher(Partition&, const emu::Clock&, u32 threads);
  ~Dispatcher();

  void start(bool parked);
  void stop();  // blocks until the threads have ended; not from the dispatcher itself
  bool on_this_thread() const;

  // While no processor runs. On the dispatcher: at once, with the lock that its caller has; the others are out of guest code then, but
  // they may be waiting for the lock.
  void run_there(const std::function<void()>& work);

  void park();    // on the dispatcher: no processor runs until unpark
  void unpark();  // any thread
  bool parked() const;
  // Nanoseconds of host processors that the virtual ones have used. Any thread.
  u64 used_ns() const;
  u64 used_ns(const Processor&) const;  // that one alone; on the dispatcher
  void capacity_changed();              // in run_there

  // Something has happened that may make a processor runnable: an interrupt, a prod. Any thread.
  void wake(const Processor* whose);
  void prefer(const Processor&);               // on the dispatcher: it is the next one to be looked at
  void decrementer_changed(const Processor&);  // on the dispatcher
  // Is there, perhaps, anybody else to run? From guest code, too.
  bool another_waits(const cpu::Cpu& than) const;
  bool is_running(const Processor&) const;  // on the dispatcher: a thread has it
  void runs_alone(const cpu::Cpu&);         // on the dispatcher: it is kicked at the end of a slice
  bool ended() const;                       // end_soon was called
  void end_soon();                          // on the dispatcher: no processor runs any more; the threads wait for stop

 private:
  static constexpr clockid_t no_clock = 0;  // no thread's

  struct Work {
    const std::function<void()>* run;
    bool done = false;
  };

  // One of the threads.
  struct Runner {
    explicit Runner(Dispatcher& whose) : dispatcher(whose) {}

    Dispatcher& dispatcher;
    std::thread thread;
    std::atomic<std::thread::id> id{};
    std::atomic<clockid_t> clock{no_clock};  // of the thread, while it lives
    std::atomic<u64> used_before{0};         // by those that have ended
    u64 charged = 0;                         // of what it has used: what processors have on their accounts
    Processor* account = nullptr;            // the one that ran last: it gets the rest

    Processor* running = nullptr;  // with mutex_, as what follows
    bool idle = false;
    bool woken = false;

    std::optional<timer_t> timer;
    std::atomic<u64> armed{~u64{0}};                    // when the timer expires
    std::atomic<cpu::Cpu*> to_be_interrupted{nullptr};  // by the timer

    u64 used_ns() const;
    void charge();
    bool make_timer();
    void arm(u64 deadline);
    static void timer_has_expired(Runner&);  // in a signal handler, on this thread
  };

  void run(Runner&);
  void run_until_stopped(Runner&);
  void wait_for_window();
  void kick_all();  // with mutex_
  void hurry();
  void do_work(Runner&);
  static bool can_run(const Processor&);
  const Runner* runner_of(const Processor&) const;  // with mutex_
  bool anybody_idle() const;                        // with mutex_
  Processor* pick(Runner&);
  void dispatch(Runner&, Processor&);
  void vpa_edge(Processor&, bool running);
  u64 next_deadline(const Processor* running) const;
  u64 may_run();

  Partition& partition_;
  const emu::Clock& clock_;
  mutable std::mutex mutex_;       // taken last: not while another lock is asked for
  std::condition_variable event_;  // threads wait here
  std::condition_variable work_done_;
  std::deque<Work*> work_;
  bool working_ = false;
  bool started_ = false;
  bool stopping_ = false;
  bool parked_ = false;
  bool ended_ = false;
  size_t turn_ = 0;
  size_t kick_turn_ = 0;
  std::mutex share_mutex_;                                // run_there does its work at once when the threads are about to end
  std::unique_ptr<ProcessorShares::Member> share_;        // while the threads live
  std::atomic<u64> may_run_{ProcessorShares::unlimited};  // from now on

  std::vector<std::unique_ptr<Runner>> runners_;
  std::mutex stop_mutex_;    // two may want to stop it at once
  std::mutex inline_mutex_;  // work while nothing is started
};

}  // namespace firmware
