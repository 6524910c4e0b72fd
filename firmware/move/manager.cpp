// SPDX-License-Identifier: GPL-2.0-or-later
// One file: all of it works on the one list of streams, under its lock.
#include "firmware/move/manager.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "firmware/adapter.h"
#include "firmware/errands.h"
#include "firmware/move/stream.h"

namespace firmware::move {

namespace vasi = devices::vasi;
using emu::Error;
using emu::Result;
using emu::Status;

namespace {

constexpr u32 opens_per_vasi = 4;  // concurrent migrations of one mover service partition (Redbook 2.2)
// Capability string, bytes 13 - 15 of the message: multiple opens; nothing of indirect or scheme 2; so many opens.
constexpr u64 capabilities = u64{0x40} << 16 | u64{0x80} << 8 | opens_per_vasi;

constexpr s64 h_success = 0;
constexpr s64 h_in_progress = 14;
constexpr s64 h_long_busy = 9900;
constexpr s64 h_parameter = -4;
constexpr s64 h_aborted = -54;

Error unknown(u64 stream) {
  return {"migration", fmt::format("This system takes no part in a migration with stream id {:#x}.", stream)};
}

}  // namespace

class StreamManager final : public Manager {
 public:
  explicit StreamManager(Frame& frame) : frame_(frame) {}

  ~StreamManager() override {
    for (const auto& [id, stream] : all_streams()) {
      give_up_pages(*stream);
      stream->abort({"migration", "The system was shut down."});
    }
  }

  // ---- step 3 ----

  Result<u32> create_shell(u64 stream, const emu::LparDefinition& definition, bool active,
                           const std::string& other_system) override {
    if (stream == 0) return Error{"migration", "A migration needs a stream id."};
    if (const auto known = record(stream)) {
      // Asked again, after an answer was lost.
      if (known->step == StreamStep::shell) return known->lpar_id;
      return Error{"migration", fmt::format("Stream id {:#x} is in use.", stream)};
    }
    TRY(record_ends());
    // First that it is wanted: whoever recovers meanwhile finds it.
    TRY(put(stream, 0, StreamStep::shell, active, other_system));
    const auto made = frame_.make_shell(stream, definition, active);
    if (!made) {
      (void)finish(stream);
      return made.error();
    }
    if (auto written = put(stream, *made, StreamStep::shell, active, other_system); !written) {
      (void)frame_.forget(*made);
      (void)finish(stream);
      return written.error();
    }
    frame_.mark_moving(*made, stream, true);
    return *made;
  }

  Status remove_shell(u64 stream) override {
    const auto known = record(stream);
    if (!known) return emu::success();
    if (known->step != StreamStep::shell)
      return Error{"migration", "The partition is no shell: it was handed over to this system, or belongs to it."};
    if (const auto live = find(stream); live && !live->abort({"migration", "The migration was rolled back."}))
      return Error{"migration", "The partition already runs on this system."};
    if (const auto owner = ownership(*known); owner && owner->owner == us())
      return Error{"migration", "The partition belongs to this system: the migration can only be completed."};
    drop(stream);
    // In this order: without the record nobody would come back for a shell that is still there.
    if (auto status = frame_.forget(known->lpar_id); !status) return status;
    return finish(stream);
  }

  // ---- step 4 ----

  Status enable_stream(u64 stream, u32 lpar_id, bool source, u32 msp_id, const std::string& other_system,
                       const emu::SegmentPlace* place) override {
    const Side side = source ? Side::source : Side::target;
    if (const auto live = find(stream)) {
      if (live->side() == side && live->lpar_id() == lpar_id && live->msp_id() == msp_id) return emu::success();
      return Error{"migration", fmt::format("Stream id {:#x} is in use.", stream)};
    }
    for (const auto& [id, other] : all_streams())
      if (other->lpar_id() == lpar_id && !final_phase(other->phase()))
        return Error{"migration", "The partition already takes part in another migration."};
    const auto partition = frame_.partition(lpar_id);
    if (!partition || partition->native())
      return Error{"migration", "The partition is not running, or is no partition that can migrate."};
    const auto msp = frame_.partition(msp_id);
    if (!msp || !msp->native()) return Error{"migration", "The mover service partition is not running."};
    if (!vasi_of(*msp)) return Error{"migration", "The mover service partition has no VASI device."};
    const auto known = record(stream);
    if (source) {
      if (known && known->step != StreamStep::source) return Error{"migration", "The partition was handed over already."};
      if (!known) TRY(take_part(stream, lpar_id, true, other_system));
    } else if (!known || known->step != StreamStep::shell || known->lpar_id != lpar_id) {
      return Error{"migration", "The partition is no shell of this migration."};
    }
    Stream::Setup setup{stream, side, partition, msp_id, other_system};
    setup.page_rate = page_rate_;
    if (place && source) setup.giver = place->giver();
    if (place && !source) setup.taker = TRY(place->taker());
    auto made = source ? make_source(frame_, std::move(setup)) : make_target(frame_, std::move(setup));
    const std::lock_guard lock(mutex_);
    ended_.erase(stream);
    streams_[stream] = std::move(made);
    return emu::success();
  }

  Status close_stream(u64 stream) override {
    const auto live = find(stream);
    if (!live) return emu::success();
    live->abort({"migration", "The migration was rolled back."});
    if (!final_phase(live->phase())) return Error{"migration", "Pages of the partition are still on their way."};
    drop(stream);
    return emu::success();
  }

  // ---- steps 7 - 12 ----

  Status begin_passes(u64 stream, const Limits& limits) override {
    const auto live = find(stream);
    if (!live) return unknown(stream);
    return live->begin(limits);
  }

  Status stop_stream(u64 stream) override {
    const auto live = find(stream);
    if (!live) return unknown(stream);
    return live->stop();
  }

  Result<Progress> progress(u64 stream) const override {
    if (const auto live = find(stream)) return live->progress();
    const std::lock_guard lock(mutex_);
    if (const auto ended = ended_.find(stream); ended != ended_.end()) return ended->second.progress;
    return unknown(stream);
  }

  Result<MemoryMap> memory_map(u64 stream) const override {
    if (const auto live = find(stream)) return live->memory_map();
    const std::lock_guard lock(mutex_);
    if (const auto ended = ended_.find(stream); ended != ended_.end()) return ended->second.memory_map;
    return unknown(stream);
  }

  std::vector<StreamRecord> verdicts() const override { return records(); }

  std::optional<HandOver> fate(u64 stream) const override {
    const auto known = frame_.witness().of_stream(stream);
    return known ? std::optional(known->state) : std::nullopt;
  }

  // ---- step 13, and recovery: the witness decides ----

  Status roll_back_source(u64 stream) override {
    const auto known = record(stream);
    if (!known) {
      drop(stream);
      return emu::success();
    }
    const Error started{"migration", "The destination has started the partition: the migration can only be completed."};
    if (const auto live = find(stream); live && !live->abort({"migration", "The migration was rolled back."})) return started;
    const auto owner = ownership(*known);
    if (owner && owner->owner != us()) {
      if (owner->stream == stream) return started;
      // It has gone on by another migration: what is left here is a memory of it.
      drop(stream);
      TRY(frame_.forget(known->lpar_id));
      return finish(stream);
    }
    if (owner && owner->stream == stream) TRY(frame_.witness().take_back(owner->uuid, us(), stream));
    drop(stream);
    frame_.mark_moving(known->lpar_id, 0, false);
    return finish(stream);
  }

  Status finish_source(u64 stream) override {
    const auto known = record(stream);
    if (!known) return emu::success();
    if (known->step != StreamStep::source && known->step != StreamStep::handed_over)
      return Error{"migration", "This system is not the source of the migration."};
    if (const auto owner = ownership(*known); owner && owner->owner == us())
      return Error{"migration", "The partition still belongs to this system: the destination has not started it."};
    if (const auto live = find(stream); live && !final_phase(live->phase()))
      return Error{"migration", "The destination still needs pages of the partition's memory."};
    drop(stream);
    if (auto status = frame_.forget(known->lpar_id); !status) return status;
    return finish(stream);
  }

  Status finish_target(u64 stream, bool state_lost) override {
    const auto known = record(stream);
    if (!known) return emu::success();
    if (known->step != StreamStep::shell && known->step != StreamStep::adopted)
      return Error{"migration", "This system is not the destination of the migration."};
    const auto live = find(stream);
    const bool complete = live && live->phase() == Phase::completed;
    if (live && !complete && !state_lost) return Error{"migration", "Pages of the partition's memory are still on their way."};
    if (known->step == StreamStep::shell) TRY(adopt(*known));
    // First on its way to off, then without memory: a processor that misses a page then is no failure of its own.
    if (state_lost && !complete && frame_.partition(known->lpar_id)) frame_.partition_stopped(known->lpar_id, false);
    if (live) give_up_pages(*live);
    drop(stream);
    frame_.mark_moving(known->lpar_id, 0, false);
    return finish(stream);
  }

  Status hand_over_inactive(u64 stream, u32 lpar_id, const std::string& other_system) override {
    if (find(stream)) return Error{"migration", "An active migration is handed over by its stream."};
    const auto known = record(stream);
    if (known && known->lpar_id != lpar_id) return Error{"migration", fmt::format("Stream id {:#x} is in use.", stream)};
    if (frame_.partition(lpar_id)) return Error{"migration", "The partition runs: only an active migration can move it."};
    if (!known) TRY(take_part(stream, lpar_id, false, other_system));
    return frame_.witness().hand_over(uuid_of(lpar_id), us(), stream);
  }

  Status adopt_inactive(u64 stream) override {
    const auto known = record(stream);
    if (!known || known->active || (known->step != StreamStep::shell && known->step != StreamStep::adopted))
      return Error{"migration", "The partition is no shell of an inactive migration."};
    return known->step == StreamStep::adopted ? emu::success() : adopt(*known);
  }

  Status mark_migrating(u64 stream, u32 lpar_id, bool active, bool migrating, const std::string& other_system) override {
    const auto known = record(stream);
    if (!migrating) return roll_back_source(stream);
    if (known) {
      if (known->lpar_id == lpar_id && known->step == StreamStep::source) return emu::success();
      return Error{"migration", fmt::format("Stream id {:#x} is in use.", stream)};
    }
    for (const StreamRecord& other : records())
      if (other.lpar_id == lpar_id) return Error{"migration", "The partition already takes part in another migration."};
    return take_part(stream, lpar_id, active, other_system);
  }

  void limit_pages(u64 bytes_per_second) override { *page_rate_ = bytes_per_second; }
  u32 active_migrations() const override { return count(true); }
  u32 inactive_migrations() const override { return count(false); }

  // ---- the mover ----

  s64 vasi_message(Partition& vios, Adapter& adapter, u64 high, u64 low) override {
    const vasi::Message message = vasi::parse(high, low);
    if (high >> 56 != 0x80) return h_parameter;
    if (message.response()) return h_success;  // to an Operation: the buffer comes back by Add buffer
    using vasi::Format;
    using vasi::Status;
    const auto answer = [&](Status status, u32 handle, u64 content, u8 service = 0) {
      const vasi::Message reply{static_cast<u8>(message.format | vasi::response_bit), static_cast<u8>(status), service, handle,
                                content};
      return adapter.queue()->send(reply.high(), reply.low) == devices::Crq::Sent::done ? h_success : h_long_busy;
    };
    switch (static_cast<Format>(message.format)) {
      case Format::capabilities:
        return answer(Status::ok, message.handle, low & capabilities);
      case Format::open: {
        u32 bottom = 0;
        const Status status = open(vios, adapter, message, bottom);
        return answer(status, bottom, low, message.service);
      }
      default:
        break;
    }
    // Everything else names a stream by the handle that Open has given. A VIOS can only name its own.
    const auto live = by_bottom(vios, message.handle);
    const auto port = live ? live->port() : nullptr;
    if (!port) return answer(Status::bad_bottom, 0, low);
    switch (static_cast<Format>(message.format)) {
      case Format::close:
        live->close();
        return answer(Status::ok, port->top(), 0);
      case Format::add_buffer: {
        const Status status = port->add(low);
        if (status != Status::ok) return answer(status, port->top(), low);
        const u64 size = vasi::unpack(low)->length;
        return answer(status, port->top(), u64{port->free_buffers() & 0xFFFF} << 24 | size);
      }
      case Format::free_buffer: {
        const auto correlator = port->remove();
        return answer(correlator ? Status::ok : Status::empty, port->top(), correlator.value_or(0));
      }
      case Format::download: {
        const auto descriptor = vasi::unpack(low);
        const auto bytes = descriptor ? port->resolve(*descriptor) : std::span<u8>();
        if (bytes.size() < vasi::download_header) return answer(Status::bad_descriptor, port->top(), low);
        const u64 correlator = emu::load_be<u64>(bytes.data());
        return answer(live->download(bytes), port->top(), correlator);
      }
      case Format::signal: {
        const auto code = static_cast<u16>(low >> 16);
        if (code < static_cast<u16>(vasi::Signal::cancel) || code > static_cast<u16>(vasi::Signal::failover))
          return answer(Status::bad_signal, port->top(), low);
        return answer(live->signal(static_cast<vasi::Signal>(code), static_cast<u32>(low >> 32)), port->top(), low);
      }
      case Format::progress:
        return answer(Status::ok, port->top(), live->progress().bytes_remaining);
      default:
        return answer(Status::bad_format, port->top(), low);
    }
  }

  void vasi_reset(Partition& vios, Adapter&) override {
    for (const auto& [id, stream] : all_streams())
      if (stream->msp_id() == vios.id()) stream->close();
  }

  s64 donor_operation(Partition& vios, u64 handle) override {
    const auto live = by_bottom(vios, handle);
    if (!live) return h_parameter;
    switch (live->donate()) {
      case Donated::done:
        return h_success;
      case Donated::in_progress:
        return h_in_progress;
      case Donated::blocked:
        break;
    }
    return live->phase() == Phase::aborted ? h_aborted : h_long_busy;
  }

  void partition_stopped(u32 lpar_id) override {
    for (const auto& [id, stream] : all_streams()) {
      if (stream->lpar_id() != lpar_id) continue;
      give_up_pages(*stream);
      stream->partition_stopped();
    }
  }

 private:
  static std::shared_ptr<Adapter> vasi_of(const Partition& msp) {
    for (const auto& adapter : msp.adapters())
      if (adapter->config().kind == emu::AdapterKind::vasi) return adapter;
    return nullptr;
  }

  devices::vasi::Status open(Partition& vios, Adapter& adapter, const vasi::Message& message, u32& bottom) {
    const auto service = static_cast<vasi::Service>(message.service);
    // SIMPLIFIED: no pagers; what they are for (Active Memory Sharing) is not here.
    if (service != vasi::Service::source_mover && service != vasi::Service::target_mover) return vasi::Status::bad_service;
    const auto live = find(message.low);
    if (!live || live->msp_id() != vios.id()) return vasi::Status::invalid_stream;
    if ((live->side() == Side::source) != (service == vasi::Service::source_mover)) return vasi::Status::bad_service;
    u32 opens = 0;
    for (const auto& [id, other] : all_streams())
      if (const auto port = other->port(); port && port->vios_id() == vios.id()) ++opens;
    if (opens >= opens_per_vasi) return vasi::Status::too_many_opens;
    {
      const std::lock_guard lock(mutex_);
      bottom = ++last_bottom_;
    }
    auto port =
        std::make_shared<Port>(vios.shared_from_this(), vios.adapter(adapter.unit_address()), live->id(), message.handle, bottom);
    const auto status = live->open(std::move(port));
    if (status != vasi::Status::ok) return status;
    const std::lock_guard lock(mutex_);
    bottoms_[bottom] = live->id();
    return status;
  }

  std::shared_ptr<Stream> find(u64 stream) const {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(stream);
    return found == streams_.end() ? nullptr : found->second;
  }
  std::shared_ptr<Stream> by_bottom(const Partition& vios, u64 handle) const {
    const std::lock_guard lock(mutex_);
    const auto bottom = bottoms_.find(handle);
    if (bottom == bottoms_.end()) return nullptr;
    const auto found = streams_.find(bottom->second);
    return found == streams_.end() || found->second->msp_id() != vios.id() ? nullptr : found->second;
  }
  std::map<u64, std::shared_ptr<Stream>> all_streams() const {
    const std::lock_guard lock(mutex_);
    return streams_;
  }

  // Forgets the live stream; what it has come to can still be asked for.
  void drop(u64 stream) {
    std::shared_ptr<Stream> dropped;
    {
      const std::lock_guard lock(mutex_);
      const auto found = streams_.find(stream);
      if (found == streams_.end()) return;
      dropped = std::move(found->second);
      streams_.erase(found);
      std::erase_if(bottoms_, [&](const auto& entry) { return entry.second == stream; });
      ended_[stream] = {dropped->progress(), dropped->memory_map()};
      if (ended_.size() > ended_kept) ended_.erase(ended_.begin());
    }
    dropped->close();
  }

  // All that have not ended.
  std::vector<StreamRecord> records() const {
    const auto ended = unrecorded();
    auto all = frame_.journal().streams();
    std::erase_if(all, [&](const StreamRecord& r) { return ended.contains(r.stream); });
    return all;
  }
  std::optional<StreamRecord> record(u64 stream) const {
    for (const StreamRecord& r : records())
      if (r.stream == stream) return r;
    return std::nullopt;
  }
  Status put(u64 stream, u32 lpar_id, StreamStep step, bool active, const std::string& other_system) {
    StreamRecord r;
    r.stream = stream;
    r.lpar_id = lpar_id;
    r.step = step;
    r.active = active;
    r.other_system = other_system;
    return frame_.journal().put_stream(r);
  }

  std::string us() const { return frame_.config().mtms(); }
  std::string uuid_of(u32 lpar_id) const {
    for (const emu::LparDefinition& lpar : frame_.journal().lpars())
      if (lpar.lpar_id == lpar_id) return lpar.uuid;
    return {};
  }
  std::optional<Ownership> ownership(const StreamRecord& r) const { return frame_.witness().of(uuid_of(r.lpar_id)); }

  // The partition is the source of a move.
  Status take_part(u64 stream, u32 lpar_id, bool active, const std::string& other_system) {
    TRY(record_ends());
    TRY(put(stream, lpar_id, StreamStep::source, active, other_system));
    if (auto begun = frame_.witness().begin(uuid_of(lpar_id), us(), stream, other_system); !begun) {
      (void)finish(stream);
      return begun;
    }
    frame_.mark_moving(lpar_id, stream, false);
    return emu::success();
  }

  // A shell becomes this system's partition. One that was started by its stream is; one whose memory was to come is only then.
  Status adopt(const StreamRecord& shell) {
    if (shell.active) {
      const auto owner = ownership(shell);
      if (!owner || owner->owner != us()) return Error{"migration", "The partition was not started on this system."};
    } else {
      TRY(frame_.witness().start(uuid_of(shell.lpar_id), us(), shell.stream));
    }
    TRY(put(shell.stream, shell.lpar_id, StreamStep::adopted, shell.active, shell.other_system));
    return frame_.adopt_shell(shell.lpar_id);
  }

  Status finish(u64 stream) {
    {
      const std::lock_guard lock(mutex_);
      unrecorded_.insert(stream);
    }
    const Status recorded = record_ends();
    if (!recorded) try_again();
    return recorded;
  }
  void try_again() {
    frame_.errands().run(
        [this] {
          if (!record_ends()) try_again();
        },
        retry_after);
  }
  // What was done for a migration that has ended is not done again: its partition's number may be somebody else's by now. Before anything
  // new begins, the journal knows of all ends; it is told as soon as it can be.
  Status record_ends() {
    const auto ended = unrecorded();
    if (ended.empty()) return emu::success();
    for (StreamRecord r : frame_.journal().streams()) {
      if (!ended.contains(r.stream)) continue;
      r.step = StreamStep::finished;
      TRY(frame_.journal().put_stream(r));
    }
    const std::lock_guard lock(mutex_);
    for (const u64 stream : ended) unrecorded_.erase(stream);
    return emu::success();
  }
  std::set<u64> unrecorded() const {
    const std::lock_guard lock(mutex_);
    return unrecorded_;
  }
  u32 count(bool active) const {
    const auto streams = records();
    return static_cast<u32>(std::count_if(streams.begin(), streams.end(), [&](const auto& r) { return r.active == active; }));
  }

  struct Ended {
    Progress progress;
    MemoryMap memory_map;
  };
  static constexpr size_t ended_kept = 64;
  static constexpr std::chrono::milliseconds retry_after{200};

  Frame& frame_;
  mutable std::mutex mutex_;
  std::map<u64, std::shared_ptr<Stream>> streams_;
  std::map<u64, u64> bottoms_;  // BOTTOM handle to stream id
  std::map<u64, Ended> ended_;
  std::set<u64> unrecorded_;  // have ended, and the journal could not be told
  u32 last_bottom_ = 0;
  const std::shared_ptr<std::atomic<u64>> page_rate_ = std::make_shared<std::atomic<u64>>(0);
};

std::unique_ptr<Manager> Manager::create(Frame& frame) { return std::make_unique<StreamManager>(frame); }

}  // namespace firmware::move
