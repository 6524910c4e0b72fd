// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/stream.h"

#include <utility>

namespace firmware::move {

namespace vasi = devices::vasi;
using emu::Error;
using emu::Status;

namespace {
constexpr std::string_view phase_names[] = {"none",        "opened",  "passes",    "suspending", "suspended", "verifying",
                                            "handed over", "resumed", "completed", "aborted",    "failed"};
static_assert(std::size(phase_names) == static_cast<size_t>(Phase::failed) + 1);
}  // namespace

Stream::Stream(Frame& frame, Setup setup)
    : frame_(frame), setup_(std::move(setup)), reader_(setup_.stream), books_(setup_.partition->memory().pages()) {
  progress_.stream = setup_.stream;
  progress_.lpar_id = setup_.partition->id();
  progress_.source = setup_.side == Side::source;
  constexpr u64 block = emu::GuestMemory::block;
  const emu::GuestMemory& memory = setup_.partition->memory();
  for (u64 at = 0; at < memory.size(); at += block)
    if (!memory.contains(at, block)) books_.hole(at / emu::page_size, block / emu::page_size);
  progress_.bytes_total = setup_.partition->memory().filled();
}

Progress Stream::progress() const {
  const std::lock_guard lock(progress_mutex_);
  Progress copy = progress_;
  copy.phase = phase();
  return copy;
}

MemoryMap Stream::memory_map() const {
  const emu::GuestMemory& memory = setup_.partition->memory();
  if (side() == Side::target) return books_.map(&memory.missing());
  return books_.map(memory.tracking() ? &memory.dirty() : nullptr);
}

std::shared_ptr<Port> Stream::port() const {
  const std::lock_guard lock(progress_mutex_);
  return port_;
}

void Stream::enter(Phase to) {
  const Phase from = phase();
  assert(allowed(side(), from, to) && "a transition that is not in the table");
  phase_ = to;
  log.info("stream {:#x} ({}): {} -> {}", id(), side() == Side::source ? "source" : "target",
           phase_names[static_cast<size_t>(from)], phase_names[static_cast<size_t>(to)]);
}

void Stream::tell_mover(StreamState state) {
  if (port_)
    port_->post(vasi::make(vasi::Format::state, port_->top(),
                           u64{vasi::reason_of(vasi::Entity::platform_firmware, 0)} << 32 | u64{static_cast<u8>(state)} << 16));
}

vasi::Status Stream::open(std::shared_ptr<Port> port) {
  const std::lock_guard lock(work_);
  if (port_) return vasi::Status::too_many_opens;
  if (phase() != Phase::none) return vasi::Status::stream_aborted;
  {
    const std::lock_guard progress_lock(progress_mutex_);
    port_ = std::move(port);
  }
  enter(Phase::opened);
  opened();
  return vasi::Status::ok;
}

void Stream::close() {
  const std::lock_guard lock(work_);
  if (!port_) return;
  if (!survives_link_down()) abort_locked({"mover", "The mover service partition has closed the stream."}, true);
  closing();
  const std::lock_guard progress_lock(progress_mutex_);
  port_ = nullptr;
}

vasi::Status Stream::download(std::span<const u8> data) {
  const std::lock_guard lock(work_);
  if (phase() == Phase::aborted || phase() == Phase::failed) return vasi::Status::stream_aborted;
  const auto bytes = vasi::immediate_segment(data);
  if (!bytes) return vasi::Status::bad_download_specifier;
  const auto record = reader_.read(*bytes);
  if (!record) {
    // Records are counted, and none will be taken after this one. After the hand-over its pages are lost: that is told, because
    // whoever waits for them would wait for ever.
    if (needs_link() && allowed(side(), phase(), Phase::failed)) {
      note_progress([&](Progress& p) {
        p.error_code = record.error().code;
        p.error_text = record.error().text;
      });
      enter(Phase::failed);
    }
    return refuse(record.error());
  }
  if (record->kind == Kind::abort) {
    const std::string why(record->payload.begin(),
                          record->payload.begin() + static_cast<long>(std::min<size_t>(record->payload.size(), 1000)));
    abort_locked({"peer", why}, false);
    return vasi::Status::ok;
  }
  if (const auto taken = take(*record); !taken) return refuse(taken.error());
  return vasi::Status::ok;
}

// What is damaged ends a move as a link does that breaks: not where only the witness says whose the partition is.
vasi::Status Stream::refuse(const Error& error) {
  if (survives_link_down()) {
    log.error("stream {:#x}: {}", id(), error.text);
  } else {
    abort_locked(error, true);
  }
  return vasi::Status::bad_download_data;
}

vasi::Status Stream::signal(vasi::Signal code, u32 reason) {
  const std::lock_guard lock(work_);
  switch (code) {
    case vasi::Signal::suspend:
      if (side() != Side::source || phase() != Phase::passes) return vasi::Status::invalid_transition;
      suspend_signalled();
      return vasi::Status::ok;
    case vasi::Signal::cancel:
    case vasi::Signal::abort: {
      const u32 detail = reason & 0xFF'FFFF;
      if (survives_link_down()) {
        if (detail == vasi::reason_peer_gone) peer_gone();
        return vasi::Status::ok;
      }
      const bool link = detail == vasi::reason_link_down || detail == vasi::reason_peer_gone;
      const bool device = detail == vasi::reason_device_error;
      abort_locked(link     ? Error{"connection", "MSP-MSP connection down."}
                   : device ? Error{"vasi", "The VASI device of the mover service partition has reported an error."}
                            : Error{"mover", "The mover service partition has aborted the migration."},
                   true);
      return vasi::Status::ok;
    }
    case vasi::Signal::complete:
    case vasi::Signal::enable:
    case vasi::Signal::failover:
      return vasi::Status::invalid_transition;
  }
  return vasi::Status::bad_signal;
}

Donated Stream::donate() {
  const std::lock_guard lock(work_);
  look_at_notes();
  if (!port_) return Donated::blocked;
  port_->flush();
  return work();
}

Status Stream::begin(const Limits&) { return Error{"migration", "Only the source of a migration can begin to send."}; }
Status Stream::stop() { return Error{"migration", "A migration is stopped on its source system."}; }

bool Stream::abort(Error error) {
  const std::lock_guard lock(work_);
  if (final_phase(phase())) return phase() == Phase::aborted;
  abort_locked(std::move(error), true);
  return phase() == Phase::aborted;
}

void Stream::abort_locked(Error error, bool tell_peer) {
  if (phase() == Phase::aborted) return;
  if (!may_abort()) {
    // What runs at the other end is not rolled back; what went wrong is told, and recovery completes.
    log.warn("stream {:#x}: {}", id(), error.text);
    return;
  }
  log.error("stream {:#x}: aborted: {}", id(), error.text);
  // First why, then that: who waits for the phase reads the reason.
  note_progress([&](Progress& p) {
    p.error_code = error.code;
    p.error_text = error.text;
  });
  enter(Phase::aborted);
  undo();
  if (port_ && tell_peer)
    port_->send(Kind::abort, Lane::normal, 0,
                {reinterpret_cast<const u8*>(error.text.data()), std::min<size_t>(error.text.size(), 1000)});
  tell_mover(StreamState::aborted);
}

void Stream::expect_to_write(const std::string& uuid) {
  if (!std::exchange(expects_to_write_, true)) (void)frame_.witness().of(uuid);
}

void Stream::look_at_notes() {
  if (partition_gone_.exchange(false)) abort_locked({"migration", "The partition was powered off."}, true);
  if (cancelled_.exchange(false))
    abort_locked({"migration", "The partition's operating system has cancelled the migration."}, true);
}

void Stream::partition_stopped() {
  partition_gone_ = true;
  // Not waited for: whoever holds the lock may be waiting for this thread, and looks at the note soon.
  if (std::unique_lock lock(work_, std::try_to_lock); lock) look_at_notes();
}

}  // namespace firmware::move
