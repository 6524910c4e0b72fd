// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One opened stream as the hypervisor sees it through a VASI: the buffers that the mover has added, the Operations that
// ask it to send them, and the messages on its queue. It holds the VIOS and its adapter, but never needs them to be well.
// Any thread: a processor that misses a page asks for it while the mover's thread works.

#include <array>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "devices/vasi_messages.h"
#include "firmware/move/record.h"
#include "firmware/partition.h"

namespace firmware::move {

class Port {
 public:
  // Buffers that only urgent and short records may take, so that none of them waits behind a pass.
  static constexpr size_t reserve = 4;

  struct Buffer {
    std::span<u8> bytes;  // the whole, in the link's shared memory
    u64 correlator = 0;   // the mover's
    std::span<u8> record() const { return bytes.subspan(devices::vasi::data_offset); }
  };

  Port(std::shared_ptr<Partition> vios, std::shared_ptr<Adapter> vasi, u64 stream, u32 top, u32 bottom)
      : vios_(std::move(vios)), vasi_(std::move(vasi)), stream_(stream), top_(top), bottom_(bottom) {}

  u32 top() const { return top_; }
  u32 bottom() const { return bottom_; }
  u32 vios_id() const { return vios_->id(); }

  // The mover's memory that a descriptor names, all of it mapped and in one piece; empty if it is not so.
  // SIMPLIFIED: real firmware gathers pieces; our movers' buffers lie in one.
  std::span<u8> resolve(const devices::vasi::Descriptor&) const;

  devices::vasi::Status add(u64 descriptor);
  std::optional<u64> remove();  // the correlator of a buffer that the mover gets back
  size_t free_buffers() const;

  // A buffer for a record that is made in place; none while short records wait for one.
  std::optional<Buffer> take();
  void put_back(Buffer);
  // Seals the record whose payload lies in place, and asks the mover to send it.
  void send_in_place(Buffer, Kind, Lane, u32 count, u32 length);
  // Copies a payload; waits in a queue of its own if there is no buffer now.
  void send(Kind, Lane, u32 count, std::span<const u8> payload);

  void post(const devices::vasi::Message&);
  void flush();  // what could not be posted because the mover's queue was full

 private:
  struct Waiting {
    Kind kind;
    Lane lane;
    u32 count;
    Bytes payload;
  };
  // All with the lock.
  void submit(Buffer, Kind, Lane, u32 count, u32 length);
  void send_waiting();
  void post_locked(const devices::vasi::Message&);

  const std::shared_ptr<Partition> vios_;
  const std::shared_ptr<Adapter> vasi_;
  const u64 stream_;
  const u32 top_;
  const u32 bottom_;
  mutable std::mutex mutex_;
  std::vector<Buffer> free_;
  std::deque<Waiting> waiting_;
  std::deque<devices::vasi::Message> outbox_;
  std::array<u64, 2> sequence_{};  // by lane
  u64 operations_ = 0;
};

}  // namespace firmware::move
