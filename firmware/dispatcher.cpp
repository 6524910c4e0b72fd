// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/dispatcher.h"

#include <algorithm>
#include <chrono>
#include <csignal>

#include <fmt/format.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "emu/core/log.h"
#include "firmware/frame.h"
#include "firmware/partition.h"

namespace firmware {

namespace {

constexpr emu::Log log{"dispatch"};
constexpr u64 never = ~u64{0};
constexpr u64 longest_wait = emu::nanoseconds_per_second;
constexpr u64 vpa_yield_count = 0x100;

// Whoever runs for shorter times at once is let in sooner when it wakes: a partition that resumes does not wait until the movers'
// time is up. The thread's share of the host stays the same. (Linux 6.12 and later; others leave it as it is.)
void ask_for_short_turns() {
  struct {  // struct sched_attr, in its first version
    u32 size = 48;
    u32 policy = SCHED_OTHER;
    u64 flags = 0;
    s32 nice = 0;
    u32 priority = 0;
    u64 runtime = 0;
    u64 deadline = 0;
    u64 period = 0;
  } attributes;
  attributes.nice = getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
  attributes.runtime = 500'000;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

std::chrono::nanoseconds until(u64 deadline, u64 now) {
  return std::chrono::nanoseconds(deadline <= now ? 0 : std::min(deadline - now, longest_wait));
}

}  // namespace

Dispatcher::Dispatcher(Partition& partition, const emu::Clock& clock) : partition_(partition), clock_(clock) {}

Dispatcher::~Dispatcher() { stop(); }

void Dispatcher::start(bool parked) {
  const std::lock_guard lock(mutex_);
  if (started_) return;
  started_ = true;
  stopping_ = false;
  ended_ = false;
  parked_ = parked;
  thread_ = std::thread([this] { run(); });
}

void Dispatcher::stop() {
  const std::lock_guard one_at_a_time(stop_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (!started_) return;
    stopping_ = true;
    if (running_) running_->kick();
    event_.notify_all();
  }
  thread_.join();
  const std::lock_guard lock(mutex_);
  started_ = false;
}

void Dispatcher::run_there(const std::function<void()>& work) {
  if (on_this_thread()) return work();
  std::unique_lock lock(mutex_);
  if (!started_ || stopping_) {
    lock.unlock();
    const std::lock_guard one_at_a_time(inline_mutex_);
    return work();
  }
  Work item{&work};
  work_.push_back(&item);
  if (running_) running_->kick();
  event_.notify_all();
  work_done_.wait(lock, [&] { return item.done; });
}

void Dispatcher::do_work() {
  std::unique_lock lock(mutex_);
  if (work_.empty()) return;
  charge();
  while (!work_.empty()) {
    Work* item = work_.front();
    work_.pop_front();
    lock.unlock();
    (*item->run)();
    lock.lock();
    item->done = true;
    work_done_.notify_all();
  }
  // Nobody's time.
  charged_ = used_ns();
}

void Dispatcher::park() {
  const std::lock_guard lock(mutex_);
  parked_ = true;
}

void Dispatcher::unpark() {
  const std::lock_guard lock(mutex_);
  parked_ = false;
  event_.notify_all();
}

bool Dispatcher::parked() const {
  const std::lock_guard lock(mutex_);
  return parked_;
}

void Dispatcher::end_soon() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
}

void Dispatcher::wake(const Processor* whose) {
  const std::lock_guard lock(mutex_);
  woken_ = true;
  // The running processor has noticed its own interrupt; for another's it must make room.
  if (running_ && (!whose || running_ != whose->cpu.get())) running_->kick();
  event_.notify_all();
}

// ---- the dispatcher's thread ----

void Dispatcher::run() {
  thread_id_ = std::this_thread::get_id();
  pthread_setname_np(pthread_self(), fmt::format("partition {}", partition_.id()).c_str());
  if (clockid_t clock; pthread_getcpuclockid(pthread_self(), &clock) == 0) used_clock_ = clock;
  ask_for_short_turns();
  if (!make_timer()) partition_.fail("B700F103", "The host has no timer for the partition's processors.");
  charged_ = used_ns();
  auto share = partition_.frame().processor_shares().join(
      partition_.configuration(), [this] { return used_ns(); }, [this] { hurry(); });
  const auto set_share = [this](auto what) {
    const std::lock_guard lock(share_mutex_);
    share_ = std::move(what);
  };
  set_share(std::move(share));
  run_until_stopped();
  set_share(nullptr);
  if (timer_) timer_delete(*timer_);
  timer_.reset();
  // Whoever waits for work to be done must not wait for ever.
  do_work();
  used_before_ = used_ns();
  used_clock_ = no_clock;
  thread_id_ = std::thread::id{};
}

u64 Dispatcher::used_ns() const {
  const clockid_t clock = used_clock_;
  timespec used{};
  if (clock == no_clock || clock_gettime(clock, &used) != 0) return used_before_;
  return used_before_ + static_cast<u64>(used.tv_sec) * emu::nanoseconds_per_second + static_cast<u64>(used.tv_nsec);
}

// What was used since the last time goes to the account of the processor that ran last. The thread's clock costs half a microsecond: it
// is not asked each time that the same processor goes on.
void Dispatcher::charge() {
  const u64 used = used_ns();
  if (account_) account_->state.used += used - charged_;
  charged_ = used;
}

u64 Dispatcher::used_ns(const Processor& p) const { return p.state.used + (account_ == &p ? used_ns() - charged_ : 0); }

void Dispatcher::capacity_changed() {
  const std::lock_guard lock(share_mutex_);
  if (share_) share_->has(partition_.configuration());
}

void Dispatcher::hurry() {
  const std::lock_guard lock(mutex_);
  if (running_) running_->kick();
}

// Its share of this window is used up. It still does what others ask of it.
void Dispatcher::wait_for_window() {
  const u64 end = share_->window_end();
  std::unique_lock lock(mutex_);
  event_.wait_for(lock, until(end, clock_.monotonic()), [this] { return stopping_ || !work_.empty(); });
}

void Dispatcher::run_until_stopped() {
  for (;;) {
    do_work();
    {
      std::unique_lock lock(mutex_);
      if (stopping_) return;
      if (parked_ || ended_) {
        share_->idles(true);
        event_.wait(lock, [this] { return stopping_ || !work_.empty() || !(parked_ || ended_); });
        continue;
      }
      woken_ = false;
    }
    may_run_ = share_->may_run(clock_.monotonic());
    if (may_run_ == 0) {
      wait_for_window();
      continue;
    }
    if (Processor* next = pick()) {
      share_->idles(false);
      dispatch(*next);
      continue;
    }
    share_->idles(true);
    const u64 deadline = next_deadline(nullptr);
    std::unique_lock lock(mutex_);
    if (!woken_ && !stopping_ && work_.empty()) event_.wait_for(lock, until(deadline, clock_.monotonic()));
  }
}

bool Dispatcher::can_run(const Processor& p) {
  switch (p.state.run) {
    case RunState::running:
      return true;
    case RunState::ceded:
      return p.state.prodded || p.cpu->interrupt_pending();
    case RunState::joined:
      return p.state.prodded;
    case RunState::stopped:
    case RunState::suspended:
      return false;
  }
  return false;
}

bool Dispatcher::another_waits(const cpu::Cpu& than) const {
  return std::ranges::any_of(partition_.processors(), [&](const Processor* p) { return p->cpu.get() != &than && can_run(*p); });
}

// The next runnable processor, round robin; one that waited for what has happened now becomes running.
Processor* Dispatcher::pick() {
  const auto& processors = partition_.processors();
  for (size_t i = 0; i < processors.size(); ++i) {
    Processor& p = *processors[(turn_ + i) % processors.size()];
    if (!can_run(p)) continue;
    if (p.state.run != RunState::running) p.state.prodded = false;
    p.state.run = RunState::running;
    turn_ = (turn_ + i + 1) % processors.size();
    return &p;
  }
  return nullptr;
}

// A decrementer that has passed zero already is no reason to interrupt: its processor notices when it is entered.
u64 Dispatcher::next_deadline(const Processor* running) const {
  const u64 now = clock_.monotonic();
  u64 deadline = never;
  bool others = false;
  for (const Processor* p : partition_.processors()) {
    const bool waits = p->state.run == RunState::ceded;
    const u64 passes_zero = p == running || waits ? p->cpu->decrementer_deadline() : never;
    if (passes_zero > now) {
      deadline = std::min(deadline, passes_zero);
    } else if (waits) {
      others = true;
    }
    if (p != running && p->state.run == RunState::running) others = true;
  }
  if (running && others) deadline = std::min(deadline, now + slice);
  if (running && may_run_ != ProcessorShares::unlimited) deadline = std::min(deadline, now + may_run_);
  return others && !running ? now : deadline;
}

void Dispatcher::dispatch(Processor& p) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !work_.empty()) return;
    running_ = p.cpu.get();
  }
  ++p.dispatches;
  if (account_ != &p) charge();
  account_ = &p;
  vpa_edge(p, true);
  // First who, then when: the timer may expire at once.
  to_be_interrupted_ = p.cpu.get();
  arm(next_deadline(&p));
  const cpu::Stop stop = p.cpu->run();
  to_be_interrupted_ = nullptr;
  {
    const std::lock_guard lock(mutex_);
    running_ = nullptr;
  }
  vpa_edge(p, false);
  switch (stop) {
    case cpu::Stop::kicked:
      break;
    case cpu::Stop::requested:
      if (p.state.run == RunState::suspended) charge();
      partition_.tell_suspended();
      break;
    case cpu::Stop::lost_memory:
      partition_.fail("B2002220", "A page of its memory was lost with the source of its migration.");
      break;
    case cpu::Stop::broken:
      partition_.fail("B700F103", "A processor cannot go on: " + p.cpu->trouble());
      break;
  }
}

// The yield count (LoPAR 14.11.1.1: the dispatch counter) is even while the processor is dispatched, odd while it is not.
void Dispatcher::vpa_edge(Processor& p, bool running) {
  if (!p.state.vpa) return;
  u32 count = 0;
  emu::GuestMemory& memory = partition_.memory();
  if (!memory.read_be(p.state.vpa + vpa_yield_count, count)) return;
  if ((count % 2 == 0) == running) return;
  memory.write_be(p.state.vpa + vpa_yield_count, count + 1);
}

void Dispatcher::decrementer_changed(Processor& p) { arm(p.cpu->decrementer_deadline()); }

// ---- the timer ----

// A signal to this thread alone. (A second thread that sleeps until it is time would have to be woken and scheduled, ten
// thousand times a second where a guest's own timers are short.)
bool Dispatcher::make_timer() {
  static const int signal = [] {
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    action.sa_sigaction = [](int, siginfo_t* info, void*) {
      timer_has_expired(*static_cast<Dispatcher*>(info->si_value.sival_ptr));
    };
    sigaction(SIGRTMIN, &action, nullptr);
    return SIGRTMIN;
  }();
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = signal;
  event.sigev_value.sival_ptr = this;
  event._sigev_un._tid = gettid();
  timer_t timer = {};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return false;
  timer_ = timer;
  return true;
}

// Only what a signal handler may do: to look at the time, and at atomic words.
void Dispatcher::timer_has_expired(Dispatcher& dispatcher) {
  // It may have been armed anew while the signal was on its way.
  if (dispatcher.clock_.monotonic() < dispatcher.armed_) return;
  dispatcher.armed_ = never;
  if (cpu::Cpu* running = dispatcher.to_be_interrupted_) running->kick();
}

// A later deadline than the armed one is left alone: the timer comes too early then, and is armed again by the dispatch
// that follows.
void Dispatcher::arm(u64 deadline) {
  if (deadline >= armed_ || !timer_) return;
  armed_ = deadline;
  const u64 now = clock_.monotonic();
  const u64 left = deadline > now ? deadline - now : 1;  // 0 would disarm it
  itimerspec when = {};
  when.it_value.tv_sec = static_cast<time_t>(left / emu::nanoseconds_per_second);
  when.it_value.tv_nsec = static_cast<long>(left % emu::nanoseconds_per_second);
  timer_settime(*timer_, 0, &when, nullptr);
}

}  // namespace firmware
