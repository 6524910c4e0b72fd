// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/dispatcher.h"

#include <algorithm>
#include <chrono>

#include "emu/core/log.h"
#include "firmware/partition.h"

namespace firmware {

namespace {

constexpr emu::Log log{"dispatch"};
constexpr u64 never = ~u64{0};
constexpr u64 longest_wait = emu::nanoseconds_per_second;
constexpr u64 vpa_yield_count = 0x100;

std::chrono::nanoseconds until(u64 deadline, u64 now) {
  return std::chrono::nanoseconds(deadline <= now ? 0 : std::min(deadline - now, longest_wait));
}

}  // namespace

Dispatcher::Dispatcher(Partition& partition, const emu::Clock& clock) : partition_(partition), clock_(clock) {}

Dispatcher::~Dispatcher() { stop(); }

bool Dispatcher::started() const {
  const std::lock_guard lock(mutex_);
  return started_;
}

void Dispatcher::start(bool parked) {
  const std::lock_guard lock(mutex_);
  if (started_) return;
  started_ = true;
  stopping_ = false;
  ended_ = false;
  parked_ = parked;
  thread_ = std::thread([this] { run(); });
  timer_ = std::thread([this] { run_timer(); });
}

void Dispatcher::stop() {
  const std::lock_guard one_at_a_time(stop_mutex_);
  {
    const std::lock_guard lock(mutex_);
    if (!started_) return;
    stopping_ = true;
    if (running_) running_->kick();
    event_.notify_all();
    timer_event_.notify_all();
  }
  thread_.join();
  timer_.join();
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
  while (!work_.empty()) {
    Work* item = work_.front();
    work_.pop_front();
    lock.unlock();
    (*item->run)();
    lock.lock();
    item->done = true;
    work_done_.notify_all();
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
  for (;;) {
    do_work();
    {
      std::unique_lock lock(mutex_);
      if (stopping_) break;
      if (parked_ || ended_) {
        event_.wait(lock, [this] { return stopping_ || !work_.empty() || !(parked_ || ended_); });
        continue;
      }
      woken_ = false;
    }
    if (Processor* next = pick()) {
      dispatch(*next);
      continue;
    }
    const u64 deadline = next_deadline(nullptr);
    std::unique_lock lock(mutex_);
    if (!woken_ && !stopping_ && work_.empty()) event_.wait_for(lock, until(deadline, clock_.monotonic()));
  }
  // Whoever waits for work to be done must not wait for ever.
  do_work();
  thread_id_ = std::thread::id{};
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
  return std::ranges::any_of(partition_.processors(), [&](const auto& p) { return p->cpu.get() != &than && can_run(*p); });
}

// The next runnable processor, round robin; one that waited for what has happened now becomes running.
Processor* Dispatcher::pick() {
  auto& processors = partition_.processors();
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
  for (const auto& p : partition_.processors()) {
    const bool waits = p->state.run == RunState::ceded;
    const u64 passes_zero = p.get() == running || waits ? p->cpu->decrementer_deadline() : never;
    if (passes_zero > now) {
      deadline = std::min(deadline, passes_zero);
    } else if (waits) {
      others = true;
    }
    if (p.get() != running && p->state.run == RunState::running) others = true;
  }
  if (running && others) deadline = std::min(deadline, now + slice);
  return others && !running ? now : deadline;
}

void Dispatcher::dispatch(Processor& p) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || !work_.empty()) return;
    running_ = p.cpu.get();
  }
  ++p.dispatches;
  vpa_edge(p, true);
  arm(next_deadline(&p));
  const cpu::Stop stop = p.cpu->run();
  {
    const std::lock_guard lock(mutex_);
    running_ = nullptr;
    timer_at_ = never;
  }
  vpa_edge(p, false);
  switch (stop) {
    case cpu::Stop::kicked:
      break;
    case cpu::Stop::requested:
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

// PAPR: the yield count is even while the processor is dispatched, odd while it is not.
void Dispatcher::vpa_edge(Processor& p, bool running) {
  if (!p.state.vpa) return;
  u32 count = 0;
  emu::GuestMemory& memory = partition_.memory();
  if (!memory.read_be(p.state.vpa + vpa_yield_count, count)) return;
  if ((count % 2 == 0) == running) return;
  memory.write_be(p.state.vpa + vpa_yield_count, count + 1);
}

void Dispatcher::decrementer_changed(Processor& p) { arm(p.cpu->decrementer_deadline()); }

// ---- the timer's thread ----

// A later deadline than the armed one is left alone: the timer comes too early then, and is armed again by the dispatch
// that follows. It is woken only if it would oversleep: processors are dispatched far more often than their time is up.
void Dispatcher::arm(u64 deadline) {
  const std::lock_guard lock(mutex_);
  if (deadline >= timer_at_) return;
  timer_at_ = deadline;
  if (deadline < timer_sleeps_until_) timer_event_.notify_one();
}

void Dispatcher::run_timer() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const u64 now = clock_.monotonic();
    if (now < timer_at_) {
      timer_sleeps_until_ = std::min(timer_at_, now + longest_wait);
      timer_event_.wait_for(lock, until(timer_sleeps_until_, now));
      timer_sleeps_until_ = 0;
      continue;
    }
    timer_at_ = never;
    if (running_) running_->kick();
  }
}

}  // namespace firmware
