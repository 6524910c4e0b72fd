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
constexpr u64 shortest_share = 50'000;  // nanoseconds: less is not worth the change
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

Dispatcher::Dispatcher(Partition& partition, const emu::Clock& clock, u32 threads) : partition_(partition), clock_(clock) {
  for (u32 i = 0; i < threads; ++i) runners_.push_back(std::make_unique<Runner>(*this));
}

Dispatcher::~Dispatcher() { stop(); }

bool Dispatcher::on_this_thread() const {
  return std::ranges::any_of(runners_, [](const auto& each) { return each->id.load() == std::this_thread::get_id(); });
}

void Dispatcher::start(bool parked) {
  const std::lock_guard one_at_a_time(stop_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (started_) return;
  }
  {
    const std::lock_guard lock(share_mutex_);
    share_ = partition_.frame().processor_shares().join(
        partition_.configuration(), static_cast<u32>(runners_.size()), [this] { return used_ns(); }, [this] { hurry(); });
  }
  const std::lock_guard lock(mutex_);
  started_ = true;
  stopping_ = false;
  ended_ = false;
  parked_ = parked;
  for (const auto& runner : runners_) runner->thread = std::thread([this, &r = *runner] { run(r); });
}

void Dispatcher::stop() {
  const std::lock_guard one_at_a_time(stop_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (!started_) return;
    stopping_ = true;
    kick_all();
    event_.notify_all();
  }
  for (const auto& runner : runners_) runner->thread.join();
  {
    const std::lock_guard lock(share_mutex_);
    share_ = nullptr;
  }
  const std::lock_guard lock(mutex_);
  started_ = false;
}

void Dispatcher::kick_all() {
  for (const auto& runner : runners_)
    if (runner->running) runner->running->cpu->kick();
}

void Dispatcher::run_there(const std::function<void()>& work) {
  if (on_this_thread()) {
    partition_.page_table().together().only(nullptr);
    return work();
  }
  std::unique_lock lock(mutex_);
  if (!started_ || stopping_) {
    lock.unlock();
    const std::lock_guard one_at_a_time(inline_mutex_);
    return work();
  }
  Work item{&work};
  work_.push_back(&item);
  kick_all();
  event_.notify_all();
  work_done_.wait(lock, [&] { return item.done; });
}

// One thread does it, when no processor runs on any; none begins to before it is done.
void Dispatcher::do_work(Runner& r) {
  std::unique_lock lock(mutex_);
  const auto somebody_runs = [&] { return std::ranges::any_of(runners_, [](const auto& each) { return each->running; }); };
  while (!work_.empty() || working_) {
    if (working_ || somebody_runs()) {
      event_.wait(lock);
      continue;
    }
    working_ = true;
    r.charge();
    while (!work_.empty()) {
      Work* item = work_.front();
      work_.pop_front();
      lock.unlock();
      {
        const std::lock_guard all(partition_.page_table().together());
        (*item->run)();
      }
      lock.lock();
      item->done = true;
      work_done_.notify_all();
    }
    // Nobody's time.
    r.charged = r.used_ns();
    working_ = false;
    event_.notify_all();
  }
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

bool Dispatcher::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

void Dispatcher::end_soon() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  kick_all();
}

const Dispatcher::Runner* Dispatcher::runner_of(const Processor& p) const {
  const auto found = std::ranges::find_if(runners_, [&](const auto& each) { return each->running == &p; });
  return found == runners_.end() ? nullptr : found->get();
}

bool Dispatcher::anybody_idle() const {
  return std::ranges::any_of(runners_, [](const auto& each) { return each->idle; });
}

void Dispatcher::wake(const Processor* whose) {
  const std::lock_guard lock(mutex_);
  for (const auto& runner : runners_) runner->woken = true;
  // A processor that runs has noticed its own interrupt; for another's somebody must make room.
  if (!whose) {
    kick_all();
  } else if (!runner_of(*whose) && !anybody_idle()) {
    const Runner& runner = *runners_[kick_turn_++ % runners_.size()];
    if (runner.running) runner.running->cpu->kick();
  }
  event_.notify_all();
}

// ---- the dispatcher's threads ----

void Dispatcher::run(Runner& r) {
  r.id = std::this_thread::get_id();
  pthread_setname_np(pthread_self(), fmt::format("partition {}", partition_.id()).c_str());
  if (clockid_t clock; pthread_getcpuclockid(pthread_self(), &clock) == 0) r.clock = clock;
  ask_for_short_turns();
  if (!r.make_timer()) partition_.fail("B700F103", "The host has no timer for the partition's processors.");
  r.charged = r.used_ns();
  run_until_stopped(r);
  if (r.timer) timer_delete(*r.timer);
  r.timer.reset();
  r.armed = never;
  // Whoever waits for work to be done must not wait for ever.
  do_work(r);
  r.used_before = r.used_ns();
  r.clock = no_clock;
  r.id = std::thread::id{};
}

u64 Dispatcher::Runner::used_ns() const {
  const clockid_t of_the_thread = clock;
  timespec used{};
  if (of_the_thread == no_clock || clock_gettime(of_the_thread, &used) != 0) return used_before;
  return used_before + static_cast<u64>(used.tv_sec) * emu::nanoseconds_per_second + static_cast<u64>(used.tv_nsec);
}

u64 Dispatcher::used_ns() const {
  u64 all = 0;
  for (const auto& runner : runners_) all += runner->used_ns();
  return all;
}

// What was used since the last time goes to the account of the processor that ran last. The thread's clock costs half a microsecond: it
// is not asked each time that the same processor goes on.
void Dispatcher::Runner::charge() {
  const u64 used = used_ns();
  if (account) account->state.used += used - charged;
  charged = used;
}

u64 Dispatcher::used_ns(const Processor& p) const {
  // Asked by the processor itself, mostly, and without the lock then.
  for (const auto& runner : runners_)
    if (runner->account == &p && runner->id.load() == std::this_thread::get_id())
      return p.state.used + runner->used_ns() - runner->charged;
  u64 all = p.state.used;
  for (const auto& runner : runners_)
    if (runner->account == &p) all += runner->used_ns() - runner->charged;
  return all;
}

void Dispatcher::capacity_changed() {
  const std::lock_guard lock(share_mutex_);
  if (share_) share_->has(partition_.configuration());
}

void Dispatcher::hurry() {
  const std::lock_guard lock(mutex_);
  kick_all();
}

// Its share of this window is used up. It still does what others ask of it.
void Dispatcher::wait_for_window() {
  const u64 end = share_->window_end();
  std::unique_lock lock(mutex_);
  event_.wait_for(lock, until(end, clock_.monotonic()), [this] { return stopping_ || !work_.empty() || working_; });
}

// What the partition may still use is for all threads that run together.
u64 Dispatcher::may_run() {
  const u64 all = share_->may_run(clock_.monotonic());
  if (all == ProcessorShares::unlimited || all == 0 || runners_.size() == 1) return all;
  return std::min(all, std::max(all / runners_.size(), shortest_share));
}

void Dispatcher::run_until_stopped(Runner& r) {
  const auto set_idle = [&](bool idle) {
    const std::lock_guard lock(mutex_);
    r.idle = idle;
    share_->idles(std::ranges::all_of(runners_, [](const auto& each) { return each->idle; }));
  };
  for (;;) {
    do_work(r);
    {
      std::unique_lock lock(mutex_);
      if (stopping_) return;
      if (parked_ || ended_) {
        r.idle = true;
        share_->idles(true);
        event_.wait(lock, [this] { return stopping_ || !work_.empty() || working_ || !(parked_ || ended_); });
        continue;
      }
      r.woken = false;
    }
    may_run_ = may_run();
    if (may_run_ == 0) {
      wait_for_window();
      continue;
    }
    if (Processor* next = pick(r)) {
      dispatch(r, *next);
      continue;
    }
    set_idle(true);
    u64 deadline;
    {
      const std::lock_guard all(partition_.page_table().together());
      deadline = next_deadline(nullptr);
    }
    std::unique_lock lock(mutex_);
    if (!r.woken && !stopping_ && work_.empty() && !working_) event_.wait_for(lock, until(deadline, clock_.monotonic()));
    r.idle = false;
  }
}

bool Dispatcher::can_run(const Processor& p) {
  // It may have ceded before it heard of it.
  if (p.reset_asked && (p.state.run == RunState::ceded || p.state.run == RunState::joined)) return true;
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
  if (runners_.size() > 1) return partition_.processor_count() > runners_.size();
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(partition_.processors(),
                             [&](const Processor* p) { return p->cpu.get() != &than && !runner_of(*p) && can_run(*p); });
}

bool Dispatcher::is_running(const Processor& p) const {
  const std::lock_guard lock(mutex_);
  return runner_of(p);
}

// The next runnable processor, round robin; one that waited for what has happened now becomes running.
Processor* Dispatcher::pick(Runner& r) {
  const std::lock_guard all(partition_.page_table().together());
  const std::lock_guard lock(mutex_);
  if (stopping_ || !work_.empty() || working_ || parked_ || ended_) return nullptr;
  const auto& processors = partition_.processors();
  for (size_t i = 0; i < processors.size(); ++i) {
    Processor& p = *processors[(turn_ + i) % processors.size()];
    if (runner_of(p) || !can_run(p)) continue;
    if (p.state.run != RunState::running) p.state.prodded = false;
    p.state.run = RunState::running;
    turn_ = (turn_ + i + 1) % processors.size();
    r.running = &p;
    r.idle = false;
    share_->idles(false);
    return &p;
  }
  return nullptr;
}

void Dispatcher::prefer(const Processor& p) {
  const std::lock_guard lock(mutex_);
  const auto& processors = partition_.processors();
  const auto found = std::ranges::find(processors, &p);
  if (found != processors.end()) turn_ = static_cast<size_t>(found - processors.begin());
}

// A decrementer that has passed zero already is no reason to interrupt: its processor notices when it is entered. Who waits is looked
// after by a thread that has nothing else to do, if there is one.
u64 Dispatcher::next_deadline(const Processor* running) const {
  const std::lock_guard lock(mutex_);
  const u64 now = clock_.monotonic();
  const bool alone = running && anybody_idle();
  u64 deadline = never;
  bool others = false;
  for (const Processor* p : partition_.processors()) {
    if (p != running && (alone || runner_of(*p))) continue;
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

// `running` has been set by who picked it.
void Dispatcher::dispatch(Runner& r, Processor& p) {
  {
    const std::lock_guard all(partition_.page_table().together());
    ++p.dispatches;
    if (r.account != &p) r.charge();
    r.account = &p;
    if (p.reset_asked.exchange(false)) reset_processor(partition_, p, p.cpu->gpr(3));
    vpa_edge(p, true);
    // First who, then when: the timer may expire at once.
    r.to_be_interrupted = p.cpu.get();
    r.arm(next_deadline(&p));
  }
  const cpu::Stop stop = p.cpu->run();
  const std::lock_guard all(partition_.page_table().together());
  r.to_be_interrupted = nullptr;
  vpa_edge(p, false);
  switch (stop) {
    case cpu::Stop::kicked:
      break;
    case cpu::Stop::requested:
      if (p.state.run == RunState::suspended) r.charge();
      partition_.tell_suspended();
      break;
    case cpu::Stop::lost_memory:
      partition_.fail("B2002220", "A page of its memory was lost with the source of its migration.");
      break;
    case cpu::Stop::broken:
      partition_.fail("B700F103", "A processor cannot go on: " + p.cpu->trouble());
      break;
  }
  const std::lock_guard lock(mutex_);
  r.running = nullptr;
  if (!work_.empty()) event_.notify_all();
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

void Dispatcher::decrementer_changed(const Processor& p) {
  for (const auto& runner : runners_)
    if (runner->id.load() == std::this_thread::get_id()) runner->arm(p.cpu->decrementer_deadline());
}

void Dispatcher::runs_alone(const cpu::Cpu&) {
  for (const auto& runner : runners_)
    if (runner->id.load() == std::this_thread::get_id()) runner->arm(clock_.monotonic() + slice);
}

// ---- the timer ----

// A signal to this thread alone. (A second thread that sleeps until it is time would have to be woken and scheduled, ten
// thousand times a second where a guest's own timers are short.)
bool Dispatcher::Runner::make_timer() {
  static const int signal = [] {
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    action.sa_sigaction = [](int, siginfo_t* info, void*) { timer_has_expired(*static_cast<Runner*>(info->si_value.sival_ptr)); };
    sigaction(SIGRTMIN, &action, nullptr);
    return SIGRTMIN;
  }();
  sigevent event = {};
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = signal;
  event.sigev_value.sival_ptr = this;
  event._sigev_un._tid = gettid();
  timer_t made = {};
  if (timer_create(CLOCK_MONOTONIC, &event, &made) != 0) return false;
  timer = made;
  return true;
}

// Only what a signal handler may do: to look at the time, and at atomic words.
void Dispatcher::Runner::timer_has_expired(Runner& runner) {
  // It may have been armed anew while the signal was on its way.
  if (runner.dispatcher.clock_.monotonic() < runner.armed) return;
  runner.armed = never;
  if (cpu::Cpu* interrupted = runner.to_be_interrupted) interrupted->kick();
}

// A later deadline than the armed one is left alone: the timer comes too early then, and is armed again by the dispatch
// that follows.
void Dispatcher::Runner::arm(u64 deadline) {
  if (deadline >= armed || !timer) return;
  armed = deadline;
  const u64 now = dispatcher.clock_.monotonic();
  const u64 left = deadline > now ? deadline - now : 1;  // 0 would disarm it
  itimerspec when = {};
  when.it_value.tv_sec = static_cast<time_t>(left / emu::nanoseconds_per_second);
  when.it_value.tv_nsec = static_cast<long>(left % emu::nanoseconds_per_second);
  timer_settime(*timer, 0, &when, nullptr);
}

}  // namespace firmware
