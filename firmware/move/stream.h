// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One move, as one of its two hypervisors sees it. The mover's thread does the work, inside its hypercalls; the service
// processor's threads begin, stop and ask; the partition's dispatcher only leaves notes (flags), because the mover's thread
// may be waiting for it.

#include <atomic>
#include <memory>
#include <mutex>

#include "emu/core/log.h"
#include "emu/core/segment_exchange.h"
#include "firmware/frame.h"
#include "firmware/move/page_books.h"
#include "firmware/move/phases.h"
#include "firmware/move/port.h"
#include "firmware/move/record.h"
#include "firmware/partition.h"

namespace firmware::move {

inline constexpr emu::Log log{"move"};

// What H_DONOR_OPERATION says to the mover.
enum class Donated {
  done,         // there is nothing more to gain: time to signal Suspend
  in_progress,  // call again
  blocked,      // nothing to do now: wait for the link
};

class Stream {
 public:
  struct Setup {
    u64 stream = 0;
    Side side = Side::source;
    std::shared_ptr<Partition> partition;
    u32 msp_id = 0;
    std::string other_system;
    // How the memory is handed over; null: all of its pages go over the link.
    std::unique_ptr<emu::SegmentGiver> giver = nullptr;
    std::unique_ptr<emu::SegmentTaker> taker = nullptr;
    // A fault: bytes per second of what is taken out of the source's memory; 0: as fast as it goes.
    std::shared_ptr<const std::atomic<u64>> page_rate = nullptr;
  };

  Stream(Frame& frame, Setup setup);
  virtual ~Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  u64 id() const { return setup_.stream; }
  Side side() const { return setup_.side; }
  u32 lpar_id() const { return setup_.partition->id(); }
  u32 msp_id() const { return setup_.msp_id; }
  Phase phase() const { return phase_.load(); }
  Progress progress() const;
  MemoryMap memory_map() const;  // never waits for work_
  std::shared_ptr<Port> port() const;

  // ---- the mover, through its VASI ----
  devices::vasi::Status open(std::shared_ptr<Port>);
  void close();  // by the mover, or because its VIOS is gone
  devices::vasi::Status download(std::span<const u8> data);
  devices::vasi::Status signal(devices::vasi::Signal, u32 reason);
  Donated donate();

  // ---- the service processor ----
  virtual emu::Status begin(const Limits&);
  virtual emu::Status stop();
  // Ends it before the point of no return; false if that is passed. What it did is undone.
  bool abort(emu::Error);

  // ---- the partition's own thread ----
  void partition_stopped();

 protected:
  // With work_ held, all of these.
  virtual void opened() = 0;
  virtual emu::Status take(const Record&) = 0;
  virtual Donated work() = 0;
  virtual void undo() = 0;                      // at the change to Aborted
  virtual bool survives_link_down() const = 0;  // in the present phase
  virtual bool needs_link() const { return !final_phase(phase()); }
  virtual void peer_gone() = 0;  // and never comes back
  virtual void suspend_signalled() {}
  // Asked before Aborted is entered. False: it is too late, and the phase says so.
  virtual bool may_abort() { return allowed(side(), phase(), Phase::aborted); }
  virtual void closing() {}

  void abort_locked(emu::Error, bool tell_peer);
  void enter(Phase);
  void look_at_notes();
  // While the other side works in the suspend window: a row of the witness that has just been read is changed in half the time (130 us -> 65).
  void expect_to_write(const std::string& uuid);
  void tell_mover(StreamState);
  u64 now() const { return frame_.clock().monotonic(); }
  template <class F>
  void note_progress(F&& change) {
    const std::lock_guard lock(progress_mutex_);
    change(progress_);
  }

  Frame& frame_;
  const Setup setup_;
  std::mutex work_;
  std::shared_ptr<Port> port_;  // written with both locks
  RecordReader reader_;
  PageBooks books_;

  std::atomic<bool> cancelled_{false};  // notes
  std::atomic<bool> partition_gone_{false};

 private:
  devices::vasi::Status refuse(const emu::Error&);

  std::atomic<Phase> phase_{Phase::none};
  bool expects_to_write_ = false;  // with work_ held
  mutable std::mutex progress_mutex_;
  Progress progress_;
};

// The two kinds. The source hands the partition over by the witness, the target starts it.
std::shared_ptr<Stream> make_source(Frame&, Stream::Setup);
std::shared_ptr<Stream> make_target(Frame&, Stream::Setup);
// Target: the pages that are still missing will never come.
void give_up_pages(Stream&);

}  // namespace firmware::move
