// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The host thread that runs a partition's virtual processors in turn, and a second one that interrupts it in time: at the
// end of a time slice, or when a decrementer passes zero.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "emu/core/clock.h"
#include "firmware/processor.h"

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
  void stop();  // blocks until both threads have ended; not from the dispatcher itself
  bool started() const;
  bool on_this_thread() const { return std::this_thread::get_id() == thread_id_.load(); }

  void run_there(const std::function<void()>& work);

  void park();    // on the dispatcher: no processor runs until unpark
  void unpark();  // any thread
  bool parked() const;

  // Something has happened that may make a processor runnable: an interrupt, a prod. Any thread.
  void wake(const Processor* whose);
  void decrementer_changed(Processor&);            // on the dispatcher
  bool another_waits(const cpu::Cpu& than) const;  // on the dispatcher: is there anybody else to run?
  void end_soon();                                 // on the dispatcher: no processor runs any more; the thread waits for stop

 private:
  struct Work {
    const std::function<void()>* run;
    bool done = false;
  };

  void run();
  void run_timer();
  void do_work();
  static bool can_run(const Processor&);
  Processor* pick();
  void dispatch(Processor&);
  void vpa_edge(Processor&, bool running);
  void arm(u64 deadline);  // an earlier time than the one armed
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

  std::condition_variable timer_event_;
  u64 timer_at_ = ~u64{0};      // when it shall interrupt
  u64 timer_sleeps_until_ = 0;  // when it looks at that again by itself

  std::thread thread_;
  std::thread timer_;
  std::atomic<std::thread::id> thread_id_{};
  std::mutex stop_mutex_;    // two may want to stop it at once
  std::mutex inline_mutex_;  // work while nothing is started
};

}  // namespace firmware
