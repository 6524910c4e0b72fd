// SPDX-License-Identifier: GPL-2.0-or-later
// One file: the thread of a mover and what it has in flight. Nobody else sees these parts.
#include "vios/mover/mover.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "devices/vasi_messages.h"
#include "emu/core/log.h"
#include "emu/link/mover_link.h"
#include "emu/link/service.h"
#include "firmware/hcall_numbers.h"
#include "vios/mover/entitlement.h"
#include "vios/mover/outgoing.h"

namespace vios {

namespace vasi = devices::vasi;
using emu::Error;
using emu::MoverLink;
using emu::Result;
using emu::Status;
using emu::service::migrations_per_mover;
using namespace firmware::hcall;
using namespace firmware::status;

namespace {

constexpr emu::Log log{"mover"};

constexpr u64 donor_operation = 0x29C;  // H_DONOR_OPERATION
constexpr u64 window_alignment = 16 * MiB;
constexpr u64 queue_bytes = 64 * KiB;
constexpr u64 window_bytes = queue_bytes + migrations_per_mover * emu::mover_link_bytes;
constexpr u64 tce_read_write = 3;

constexpr u64 connect_patience = 5'000'000'000;
constexpr u64 idle_wait = 1'000'000;  // nanoseconds: jobs and state messages are looked at so often
constexpr u64 hot_wait = 30'000;      // while somebody may be waiting for us
constexpr u64 units_asked_each = 200 * emu::millisecond;
constexpr u32 received_at_once = 4;  // then the queue and the hypervisor have their turn

// What the hypervisor says of a stream. (LoPAR 17.7.7.1.3)
enum class State : u8 { invalid = 0, enabled, aborted, suspending, suspended, resumed, completed };

struct Entry {  // of the error log (Redbook 6.3)
  std::string_view identifier;
  char type;
  std::string_view resource;
  std::string_view text;
};
constexpr Entry completed_entry{"3EB09F5A", 'I', "Migration", "Migration completed successfully"};
constexpr Entry suspend_entry{"6CB10B8D", 'I', "", "Client partition suspend issued"};
constexpr Entry aborted_entry{"427E17BD", 'P', "Migration", "Migration aborted"};
constexpr Entry link_entry{"427E17BD", 'P', "Migration", "Migration aborted: MSP-MSP connection do"};

// A range of addresses that belongs to nobody else, for buffers that come and go with the links.
class Reservation {
 public:
  static Result<std::unique_ptr<Reservation>> create(u64 bytes) {
    void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) return Error{"memory", "The host has no addresses left for a mover's buffers."};
    return std::unique_ptr<Reservation>(new Reservation({static_cast<u8*>(mapped), bytes}));
  }
  ~Reservation() { munmap(bytes_.data(), bytes_.size()); }
  Reservation(const Reservation&) = delete;
  Reservation& operator=(const Reservation&) = delete;
  std::span<u8> bytes() const { return bytes_; }

 private:
  explicit Reservation(std::span<u8> bytes) : bytes_(bytes) {}
  std::span<u8> bytes_;
};

// The VASI's queue, read in place.
class Queue {
 public:
  explicit Queue(std::span<u8> elements) : elements_(elements) {}
  std::optional<vasi::Message> next() {
    u8* at = elements_.data() + at_;
    // The producer writes the second half first, and the first half at once.
    const u64 high = word(at).load(std::memory_order_acquire);
    if (high == 0) return std::nullopt;
    const u64 low = word(at + 8).load(std::memory_order_relaxed);
    word(at).store(0, std::memory_order_release);
    at_ = (at_ + 16) % elements_.size();
    return vasi::parse(emu::byte_swapped(high), emu::byte_swapped(low));
  }

 private:
  static std::atomic_ref<u64> word(u8* at) { return std::atomic_ref<u64>(*reinterpret_cast<u64*>(at)); }
  std::span<u8> elements_;
  u64 at_ = 0;
};

// A stream as the mover carries it, between the VASI and the link.
struct Relay {
  u64 id = 0;
  u32 place = 0;  // which part of the window; also our handle, TOP
  u32 bottom = 0;
  Mover::Role role = Mover::Role::source;
  std::unique_ptr<MoverLink> link;
  State state = State::enabled;
  bool suspend_signalled = false;
  bool seen = false;   // the other mover has come
  u64 carried = 0;     // bytes, to or from the other mover
  bool was_up = true;  // a link is made whole
  bool gone_told = false;
  u64 opened_at = 0;  // on the clock that does not jump, as the next two
  u64 suspended_at = 0;
  u64 resumed_at = 0;
  u64 bytes = 0;  // sent, or taken
  u64 records = 0;
  u64 next_told = MiB;                               // how many bytes the log tells of next
  std::vector<std::string> notes;                    // that are not in the log yet
  Outgoing outgoing;                                 // Operations that the link did not take yet
  std::optional<MoverLink::Descriptor> undelivered;  // a Download that the hypervisor did not take yet

  bool over() const { return state == State::completed || state == State::aborted; }
  // Somebody may be waiting for what we carry: the suspended partition, or one that wants a page.
  bool hot() const { return state == State::suspending || state == State::suspended || state == State::resumed; }
};

}  // namespace

class VasiMover final : public Mover {
 public:
  VasiMover(firmware::NativePartition& partition, ErrorLogSink& errors, LpmLog& lpm_log, const emu::Clock& clock,
            firmware::NativeAdapter adapter, std::unique_ptr<Reservation> window)
      : partition_(partition),
        errors_(errors),
        lpm_log_(lpm_log),
        clock_(clock),
        adapter_(std::move(adapter)),
        window_(std::move(window)),
        queue_(window_->bytes().first(queue_bytes)) {}

  ~VasiMover() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      wake_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
    // The hypervisor ends what is still open.
    (void)partition_.hcall(H_FREE_CRQ, {adapter_.unit_address});
    for (u64 at = 0; at < mapped_; at += emu::page_size) (void)partition_.hcall(H_PUT_TCE, {adapter_.liobn, at, 0});
    relays_.clear();
    (void)partition_.memory().attach(window_address_, {});
  }

  Status start() {
    const u64 size = partition_.memory().size();
    window_address_ = (size + window_alignment - 1) / window_alignment * window_alignment;
    if (adapter_.window_bytes < window_bytes) return Error{"vasi", "The VASI's DMA window is too small for a mover."};
    if (auto status = partition_.memory().attach(window_address_, window_->bytes()); !status) return status;
    // Once for all links to come: their buffers are put behind these addresses.
    for (; mapped_ < window_bytes; mapped_ += emu::page_size)
      if (partition_.hcall(H_PUT_TCE, {adapter_.liobn, mapped_, (window_address_ + mapped_) | tce_read_write}).status !=
          H_SUCCESS)
        return Error{"vasi", "The hypervisor does not map the mover's buffers."};
    if (const s64 status = partition_.hcall(H_REG_CRQ, {adapter_.unit_address, 0, queue_bytes}).status; status != H_SUCCESS)
      return Error{"vasi", fmt::format("The hypervisor refuses the VASI's queue: {}.", status)};
    thread_ = std::thread([this] { run(); });
    return emu::success();
  }

  // ---- any thread ----

  Status open(u64 id, Role role, const std::string& path) override {
    u32 place = 0;
    {
      const std::lock_guard lock(mutex_);
      if (places_.contains(id)) return emu::success();
      while (place < migrations_per_mover &&
             std::any_of(places_.begin(), places_.end(), [&](const auto& p) { return p.second == place; }))
        ++place;
      if (place == migrations_per_mover)
        return Error{"movers",
                     fmt::format("The mover already takes part in {} migrations, the most that it can.", migrations_per_mover)};
      places_[id] = place;
    }
    if (faults_.refuses && faults_.refuses(id)) {
      forget_place(id);
      Relay refused;
      refused.id = id;
      report(refused, aborted_entry);
      return Error{"vasi", "Its VASI device cannot handle the migration."};
    }
    auto relay = std::make_unique<Relay>();
    relay->id = id;
    relay->place = place;
    relay->role = role;
    u8* const buffers = window_->bytes().data() + io_address_of(place);
    auto link = role == Role::target ? MoverLink::listen(path, buffers) : MoverLink::connect(path, connect_patience, buffers);
    if (!link) {
      forget_place(id);
      return link.error();
    }
    relay->link = std::move(*link);
    relay->link->limit_rate(rate_.load());
    if (cut_.load()) relay->link->cut(true);
    Status outcome = Error{"closed", "The mover has ended."};
    on_thread([&] { outcome = open_here(std::move(relay)); });
    if (!outcome) forget_place(id);
    return outcome;
  }

  void close(u64 id) override {
    on_thread([&] { close_here(id); });
    forget_place(id);
  }

  u32 active() const override {
    const std::lock_guard lock(mutex_);
    return static_cast<u32>(places_.size());
  }

  void ask_faults(VasiFaults faults) override { faults_ = std::move(faults); }
  void ask_units(std::function<u32()> units) override { units_of_server_ = std::move(units); }

  void cut(u64 id) override {
    on_thread([&] {
      for (auto& [top, relay] : relays_)
        if (relay->id == id) relay->link->cut(true);
    });
  }
  void cut(bool on) override {
    cut_ = on;
    on_thread([&] {
      for (auto& [top, relay] : relays_) relay->link->cut(on);
    });
  }
  void limit_rate(u64 bytes_per_second) override {
    rate_ = bytes_per_second;
    on_thread([&] {
      for (auto& [top, relay] : relays_) relay->link->limit_rate(bytes_per_second);
    });
  }

 private:
  struct Job {
    std::function<void()> work;
    bool done = false;
  };

  static u64 io_address_of(u32 place) { return queue_bytes + u64{place} * emu::mover_link_bytes; }
  static u32 io_address_of(const Relay& s, u32 index) {
    return static_cast<u32>(io_address_of(s.place) + u64{index} * emu::mover_buffer_bytes);
  }
  static u8* buffer_of(const Relay& s, u32 index) { return s.link->buffers().data() + u64{index} * emu::mover_buffer_bytes; }

  void forget_place(u64 id) {
    const std::lock_guard lock(mutex_);
    places_.erase(id);
  }

  void on_thread(std::function<void()> work) {
    Job job{std::move(work)};
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    jobs_.push_back(&job);
    have_jobs_ = true;
    wake_.notify_all();
    job_done_.wait(lock, [&] { return job.done; });
  }

  // ---- the mover's thread ----

  void run() {
    // The default slack of 50 us would double the wait of whoever misses a page.
    prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);
    prctl(PR_SET_NAME, "mover");
    for (;;) {
      if (have_jobs_.load() || relays_.empty()) {
        std::unique_lock lock(mutex_);
        if (relays_.empty()) wake_.wait(lock, [&] { return stopping_ || !jobs_.empty(); });
        do_jobs(lock);
        if (stopping_) return;
      }
      rest();
      bool busy = read_queue();
      for (auto& [top, relay] : relays_) busy |= carry(*relay);
      if (busy) continue;
      if (stopping_.load()) {
        std::unique_lock lock(mutex_);
        do_jobs(lock);
        return;
      }
      // With several streams at once each link gets its share of the waiting; what others bring is found a little later.
      for (auto& [top, relay] : relays_) {
        const bool hot = relay->hot() && relay->link->up();
        relay->link->wait((hot ? hot_wait : idle_wait) / relays_.size());
      }
    }
  }

  // A capped server has no more time for all of its migrations than it is entitled to.
  void rest() {
    const u64 now = clock_.monotonic();
    if (units_of_server_ && (asked_at_ == 0 || now - asked_at_ > units_asked_each)) {
      asked_at_ = now;
      units_ = units_of_server_();
    }
    const u64 wait = entitlement_.wait(now, thread_time(), units_);
    if (wait == 0) return;
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, std::chrono::nanoseconds(wait), [&] { return stopping_.load() || !jobs_.empty(); });
  }
  static u64 thread_time() {
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return static_cast<u64>(used.tv_sec) * emu::nanoseconds_per_second + static_cast<u64>(used.tv_nsec);
  }

  void do_jobs(std::unique_lock<std::mutex>& lock) {
    while (!jobs_.empty()) {
      Job* job = jobs_.front();
      jobs_.pop_front();
      lock.unlock();
      job->work();
      lock.lock();
      job->done = true;
      job_done_.notify_all();
    }
    have_jobs_ = false;
  }

  s64 send(const vasi::Message& message) {
    return partition_.hcall(H_SEND_CRQ, {adapter_.unit_address, message.high(), message.low}).status;
  }

  Status open_here(std::unique_ptr<Relay> relay) {
    const u32 top = relay->place + 1;
    const auto service = relay->role == Role::source ? vasi::Service::source_mover : vasi::Service::target_mover;
    read_queue();  // what came after the last stream's end
    opened_.reset();
    const s64 sent = send(vasi::make(vasi::Format::open, top, relay->id, static_cast<u8>(service)));
    if (sent != H_SUCCESS) return Error{"vasi", fmt::format("The hypervisor does not take messages of the VASI: {}.", sent)};
    read_queue();
    if (!opened_) return Error{"vasi", "The hypervisor does not answer the mover."};
    if (opened_->status != 0)
      return Error{"vasi", fmt::format("The hypervisor does not open stream {:#x} for the mover: status {:#x}.", relay->id,
                                       opened_->status)};
    relay->bottom = opened_->handle;
    for (u32 i = 0; i < relay->link->out_count(); ++i)
      if (const auto index = relay->link->take_free()) add_buffer(*relay, *index);
    log.info("stream {:#x}: open as {}", relay->id, relay->role == Role::source ? "source" : "target");
    relay->opened_at = clock_.monotonic();
    note(*relay, fmt::format("migration started, {} mover", relay->role == Role::source ? "source" : "destination"));
    relays_[top] = std::move(relay);
    return emu::success();
  }

  void close_here(u64 id) {
    const auto found = std::find_if(relays_.begin(), relays_.end(), [&](const auto& s) { return s.second->id == id; });
    if (found == relays_.end()) return;
    Relay& relay = *found->second;
    // What was handed to us is still sent; an abort's reason, for instance.
    read_queue();
    relay.outgoing.send(*relay.link);
    (void)send(vasi::make(vasi::Format::close, relay.bottom));
    read_queue();
    // Taken away before its end, and not yet handed over.
    if (!relay.over() && relay.state != State::resumed) report(relay, aborted_entry);
    write_notes(relay);
    relays_.erase(found);
    log.info("stream {:#x}: closed", id);
  }

  void add_buffer(Relay& relay, u32 index) {
    emu::store_be(buffer_of(relay, index), u64{index});
    const u64 descriptor = vasi::pack({emu::mover_buffer_bytes, io_address_of(relay, index)});
    if (send(vasi::make(vasi::Format::add_buffer, relay.bottom, descriptor)) != H_SUCCESS)
      log.warn("stream {:#x}: the hypervisor does not take a buffer", relay.id);
  }

  // Takes what the hypervisor has put on the VASI's queue.
  bool read_queue() {
    bool any = false;
    while (const auto message = queue_.next()) {
      any = true;
      if (message->answers(vasi::Format::open)) {
        opened_ = *message;
        continue;
      }
      if (message->is(vasi::Format::operation)) {
        operation(*message);
        continue;
      }
      const auto found = relays_.find(message->handle);
      if (found == relays_.end()) continue;
      Relay& relay = *found->second;
      if (message->answers(vasi::Format::download))
        relay.link->give_back(static_cast<u32>(message->low));  // the buffer is the peer's again
      else if (message->answers(vasi::Format::add_buffer) && message->status != 0)
        log.warn("stream {:#x}: a buffer is refused: status {:#x}", relay.id, message->status);
      else if (message->is(vasi::Format::state))
        state_is(relay, static_cast<State>(message->low >> 16 & 0xFF));
    }
    return any;
  }

  // "Send this." The correlator says which buffer, and the buffer whose.
  void operation(const vasi::Message& message) {
    for (auto& [top, candidate] : relays_) {
      Relay& relay = *candidate;
      const auto index = static_cast<u32>(message.low);
      if (message.handle != top) continue;
      if (index - relay.link->out_first() >= relay.link->out_count()) return;
      const u8* at = buffer_of(relay, index);
      const u32 length = emu::load_be<u32>(at + vasi::operation_header) & 0xFF'FFFF;
      MoverLink::Descriptor descriptor;
      descriptor.index = index;
      descriptor.offset = vasi::download_offset;
      descriptor.length = vasi::download_header + vasi::segment_header + length + vasi::end_bytes;
      descriptor.urgent = at[16] & vasi::operation_urgent;
      (void)send({static_cast<u8>(vasi::Format::operation) | vasi::response_bit, 0, 0, relay.bottom, emu::load_be<u64>(at + 24)});
      relay.carried += descriptor.length;
      relay.outgoing.add(descriptor);
      relay.outgoing.send(*relay.link);
      count(relay, length);
      return;
    }
  }

  void state_is(Relay& relay, State state) {
    if (state == relay.state || relay.over()) return;
    relay.state = state;
    if (state == State::aborted) report(relay, relay.was_up ? aborted_entry : link_entry);
    if (state == State::completed) report(relay, completed_entry);
    if (state == State::suspended) relay.suspended_at = clock_.monotonic();
    if (state == State::resumed) relay.resumed_at = clock_.monotonic();
    if (const auto name = name_of(state); !relay.over() && !name.empty()) note(relay, fmt::format("the partition is {}", name));
  }

  static std::string_view name_of(State state) {
    return state == State::suspending  ? "asked to suspend"
           : state == State::suspended ? "suspended"
           : state == State::resumed   ? "resumed"
                                       : "";
  }

  // Somebody waits while a stream is hot: what there is to write is written after that.
  void note(Relay& relay, const std::string& line) {
    relay.notes.push_back(line);
    if (!relay.hot()) write_notes(relay);
  }
  void write_notes(Relay& relay) {
    for (const std::string& line : relay.notes) lpm_log_.record(relay.id, line);
    relay.notes.clear();
  }

  // Twice as much from line to line.
  void count(Relay& relay, u64 bytes) {
    relay.bytes += bytes;
    ++relay.records;
    if (relay.bytes < relay.next_told) return;
    while (relay.next_told <= relay.bytes) relay.next_told *= 2;
    note(relay, fmt::format("progress: {} bytes in {} records", relay.bytes, relay.records));
  }

  // Once a stream has come to its end.
  void note_statistics(Relay& relay) {
    const u64 took = std::max<u64>(clock_.monotonic() - relay.opened_at, 1);
    const u64 milliseconds = took / emu::millisecond;
    note(relay, fmt::format("statistics: {} {} bytes in {} records, {}.{:03} s, {} KiB/s",
                            relay.role == Role::source ? "sent" : "received", relay.bytes, relay.records, milliseconds / 1000,
                            milliseconds % 1000, relay.bytes / 1024 * emu::nanoseconds_per_second / took));
    if (relay.suspended_at && relay.resumed_at)
      note(relay, fmt::format("statistics: suspended for {} us", (relay.resumed_at - relay.suspended_at) / 1000));
  }

  void report(Relay& relay, const Entry& entry) {
    log.info("stream {:#x}: {}", relay.id, entry.text);
    errors_.record(entry.identifier, entry.type, 'S', entry.resource, entry.text);
    note(relay, std::string(entry.text));
    if (entry.identifier != suspend_entry.identifier) note_statistics(relay);
  }

  // One round for one relay. True: something was done.
  bool carry(Relay& relay) {
    bool busy = relay.outgoing.send(*relay.link);
    for (u32 i = 0; i < received_at_once; ++i) {
      auto received = relay.undelivered ? relay.undelivered : relay.link->receive();
      if (!received) break;
      relay.undelivered.reset();
      if (!deliver(relay, *received)) {
        relay.undelivered = received;
        break;
      }
      busy = true;
      // Our hypervisor has answered already: the buffer goes back at once, while it is warm.
      read_queue();
    }
    while (const auto index = relay.link->take_free()) {
      add_buffer(relay, *index);
      busy = true;
    }
    busy |= look_at_link(relay);
    look_at_vasi(relay);
    // A target's hypervisor works when something is delivered; it needs our time only for what its other threads left.
    if (!relay.over() && (relay.role == Role::source || !busy)) busy |= donate(relay);
    return busy;
  }

  bool deliver(Relay& relay, const MoverLink::Descriptor& descriptor) {
    if (descriptor.length < vasi::download_header) {
      relay.link->give_back(descriptor.index);
      return true;
    }
    emu::store_be(buffer_of(relay, descriptor.index) + descriptor.offset, u64{descriptor.index});
    const u64 where = vasi::pack({descriptor.length, io_address_of(relay, descriptor.index) + descriptor.offset});
    const s64 status = send(vasi::make(vasi::Format::download, relay.bottom, where));
    if (status >= H_LONG_BUSY_FIRST) return false;
    relay.carried += descriptor.length;
    if (status != H_SUCCESS) relay.link->give_back(descriptor.index);
    count(relay, descriptor.length);
    return true;
  }

  bool donate(Relay& relay) {
    const s64 status = partition_.hcall(donor_operation, {relay.bottom}).status;
    const bool more = read_queue();
    if (status == H_IN_PROGRESS) return true;
    if (status == H_SUCCESS && relay.role == Role::source && !relay.suspend_signalled) {
      relay.suspend_signalled = true;
      report(relay, suspend_entry);
      signal(relay, vasi::Signal::suspend, vasi::reason_of(vasi::Entity::source_mover, 0));
      return true;
    }
    return more;
  }

  void signal(Relay& relay, vasi::Signal code, u32 reason) {
    (void)send(vasi::make(vasi::Format::signal, relay.bottom, u64{reason} << 32 | u64{static_cast<u16>(code)} << 16));
    read_queue();
  }

  // Pages go: what two movers tell each other first is shorter.
  void look_at_vasi(Relay& relay) {
    constexpr u64 greetings = 64 * KiB;
    if (relay.state != State::enabled || relay.carried < greetings || !faults_.fails || !faults_.fails(relay.id, relay.carried))
      return;
    const auto entity = relay.role == Role::source ? vasi::Entity::source_mover : vasi::Entity::target_mover;
    signal(relay, vasi::Signal::abort, vasi::reason_of(entity, vasi::reason_device_error));
  }

  bool look_at_link(Relay& relay) {
    if (relay.over() || !relay.link->connected()) return false;
    const bool up = relay.link->up();
    const bool alive = up || relay.link->peer_alive();
    const auto entity = relay.role == Role::source ? vasi::Entity::source_mover : vasi::Entity::target_mover;
    if (relay.was_up && !up) {
      log.warn("stream {:#x}: the connection to the other mover is down", relay.id);
      relay.was_up = false;
      // What it said before its end comes first: the reason, perhaps.
      signal(relay, vasi::Signal::abort, vasi::reason_of(entity, vasi::reason_link_down));
    }
    if (!relay.seen) log.info("stream {:#x}: connected", relay.id);
    relay.seen = true;
    relay.was_up = up;
    if (alive || relay.gone_told || relay.link->waiting()) return false;
    relay.gone_told = true;
    signal(relay, vasi::Signal::abort, vasi::reason_of(entity, vasi::reason_peer_gone));
    return true;
  }

  firmware::NativePartition& partition_;
  ErrorLogSink& errors_;
  LpmLog& lpm_log_;
  const emu::Clock& clock_;
  const firmware::NativeAdapter adapter_;
  const std::unique_ptr<Reservation> window_;
  u64 window_address_ = 0;
  u64 mapped_ = 0;

  std::thread thread_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable job_done_;
  std::deque<Job*> jobs_;
  std::atomic<bool> have_jobs_{false};
  std::atomic<bool> stopping_{false};
  std::map<u64, u32> places_;  // by stream: which part of the window it has
  std::atomic<bool> cut_{false};
  std::atomic<u64> rate_{0};
  VasiFaults faults_;
  std::function<u32()> units_of_server_;

  // The mover's thread's.
  Queue queue_;
  std::map<u32, std::unique_ptr<Relay>> relays_;  // by TOP
  std::optional<vasi::Message> opened_;
  Entitlement entitlement_;
  u32 units_ = 0;
  u64 asked_at_ = 0;
};

Result<std::unique_ptr<Mover>> Mover::create(firmware::NativePartition& partition, ErrorLogSink& errors, LpmLog& lpm_log,
                                             const emu::Clock& clock) {
  const auto adapters = partition.adapters();
  const auto found =
      std::find_if(adapters.begin(), adapters.end(), [](const auto& a) { return a.config.kind == emu::AdapterKind::vasi; });
  if (found == adapters.end()) return Error{"vasi", "The partition has no VASI device."};
  auto window = TRY(Reservation::create(window_bytes));
  auto mover = std::make_unique<VasiMover>(partition, errors, lpm_log, clock, *found, std::move(window));
  if (auto status = mover->start(); !status) return status.error();
  return std::unique_ptr<Mover>(std::move(mover));
}

}  // namespace vios
