// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A mover of tests: it says over its VASI what it is told to, and knows nothing of moves.
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>

#include "devices/vasi_messages.h"
#include "firmware/hcall_numbers.h"
#include "firmware/move/record.h"
#include "firmware/native_partition.h"
#include "tests/support/catch.h"
#include "tests/unit/firmware/world.h"

namespace firmware::test {

namespace vasi = devices::vasi;

inline constexpr u64 donor_operation = 0x29C;
inline constexpr u64 queue_bytes = 64 * KiB;
inline constexpr u64 buffer_bytes = 72 * KiB;
inline constexpr u64 buffer_count = 16;
inline constexpr u64 window_bytes = queue_bytes + buffer_count * buffer_bytes;

// A Virtual I/O Server's hand at its VASI, without a mover that knows what it does.
class Hand {
 public:
  // What comes on the queue is told to this, as drain() finds it.
  std::function<void(const vasi::Message&)> heard;

  explicit Hand(NativePartition& self) : self_(self) {
    for (const NativeAdapter& adapter : self.adapters())
      if (adapter.config.kind == emu::AdapterKind::vasi) vasi_ = adapter;
    window_ = {static_cast<u8*>(std::aligned_alloc(emu::page_size, window_bytes)), window_bytes};
    std::ranges::fill(window_, u8{0});
    address_ = (self.memory().size() + 16 * MiB) / (16 * MiB) * 16 * MiB;
    REQUIRE(self.memory().attach(address_, window_));
    for (u64 at = 0; at < window_bytes; at += emu::page_size)
      REQUIRE(self.hcall(hcall::H_PUT_TCE, {vasi_.liobn, at, (address_ + at) | 3}).status == 0);
    REQUIRE(self.hcall(hcall::H_REG_CRQ, {vasi_.unit_address, 0, queue_bytes}).status == 0);
  }
  ~Hand() {
    (void)self_.hcall(hcall::H_FREE_CRQ, {vasi_.unit_address});
    (void)self_.memory().attach(address_, {});
    std::free(window_.data());
  }
  Hand(const Hand&) = delete;
  Hand& operator=(const Hand&) = delete;

  s64 send(u64 high, u64 low) { return self_.hcall(hcall::H_SEND_CRQ, {vasi_.unit_address, high, low}).status; }
  s64 send(const vasi::Message& message) { return send(message.high(), message.low); }
  s64 donate(u64 handle) { return self_.hcall(donor_operation, {handle}).status; }
  s64 queue_again() {
    (void)self_.hcall(hcall::H_FREE_CRQ, {vasi_.unit_address});
    std::ranges::fill(window_.first(queue_bytes), u8{0});
    at_ = 0;
    return self_.hcall(hcall::H_REG_CRQ, {vasi_.unit_address, 0, queue_bytes}).status;
  }

  static u32 io_address(u64 buffer) { return static_cast<u32>(queue_bytes + buffer * buffer_bytes); }
  std::span<u8> buffer(u64 index) { return window_.subspan(io_address(index), buffer_bytes); }

  // Reads what has come; the handle that the last Open was given.
  u32 drain() {
    for (;;) {
      u8* element = window_.data() + at_;
      const u64 high = emu::byte_swapped(std::atomic_ref(*reinterpret_cast<u64*>(element)).load(std::memory_order_acquire));
      if (high == 0) return bottom_;
      const auto message = vasi::parse(high, emu::load_be<u64>(element + 8));
      std::fill_n(element, 16, u8{0});
      at_ = (at_ + 16) % queue_bytes;
      if (message.answers(vasi::Format::open) && message.status == 0) bottom_ = message.handle;
      if (heard) heard(message);
    }
  }

  u32 open(u64 stream, vasi::Service service) {
    bottom_ = 0;
    (void)send(vasi::make(vasi::Format::open, 1, stream, static_cast<u8>(service)));
    const u32 bottom = drain();
    for (u64 i = 0; bottom && i < buffer_count / 2; ++i) (void)add_buffer(bottom, i);
    drain();
    return bottom;
  }

  // Its number is the correlator.
  s64 add_buffer(u32 bottom, u64 index) {
    emu::store_be(buffer(index).data(), index);
    return send(vasi::make(vasi::Format::add_buffer, bottom, vasi::pack({buffer_bytes, io_address(index)})));
  }

  // A record as a peer's mover would bring it.
  s64 download(u32 bottom, move::Kind kind, move::Lane lane, u64 stream, u64 sequence, u32 count, const Bytes& payload) {
    Bytes record(move::record_header + payload.size());
    std::ranges::copy(payload, record.begin() + move::record_header);
    (void)move::seal(record, kind, lane, stream, sequence, count, static_cast<u32>(payload.size()));
    return download(bottom, record);
  }
  s64 download(u32 bottom, std::span<const u8> record) {
    const u64 index = buffer_count - 1;
    const auto bytes = buffer(index).subspan(vasi::download_offset);
    const u32 size = static_cast<u32>(record.size());
    u8* const at = bytes.data() + vasi::download_header + vasi::segment_header;
    std::ranges::copy(record, at);
    emu::store_be(bytes.data(), index);
    emu::store_be(bytes.data() + vasi::download_header, size);
    emu::store_be(at + size, u32{0});
    const u32 length = vasi::download_header + vasi::segment_header + size + vasi::end_bytes;
    return send(vasi::make(vasi::Format::download, bottom, vasi::pack({length, io_address(index) + vasi::download_offset})));
  }

 private:
  NativePartition& self_;
  NativeAdapter vasi_;
  std::span<u8> window_;
  u64 address_ = 0;
  u64 at_ = 0;
  u32 bottom_ = 0;
};

inline emu::VirtualAdapter vasi_adapter() {
  emu::VirtualAdapter adapter;
  adapter.kind = emu::AdapterKind::vasi;
  adapter.slot = 5;
  return adapter;
}

}  // namespace firmware::test
