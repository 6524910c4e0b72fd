// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/pci/virtqueue.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "devices/pci/little_endian.h"

namespace devices::pci {

namespace {

constexpr u64 descriptor_bytes = 16;
constexpr u16 flag_next = 1;
constexpr u16 flag_write = 2;
constexpr u16 known_flags = flag_next | flag_write;  // indirect ones are not offered
constexpr u16 no_interrupt = 1;

// The rings, behind their two fields of flags and index.
constexpr u64 entries_at = 4;
constexpr u64 used_entry_bytes = 8;

}  // namespace

u64 total(const std::vector<Piece>& pieces) {
  u64 bytes = 0;
  for (const Piece& piece : pieces) bytes += piece.bytes;
  return bytes;
}

std::optional<u16> Virtqueue::number(u64 at) const {
  std::array<u8, 2> bytes{};
  if (!window_.read(at, bytes, By::other)) return std::nullopt;
  return load_le<u16>(bytes.data());
}

Virtqueue::Next Virtqueue::next(Chain& chain) {
  const auto index = number(state_.available + 2);
  if (!index || state_.size == 0) return Next::broken;
  if (*index == state_.next_available) return Next::nothing;
  if (static_cast<u16>(*index - state_.next_available) > state_.size) return Next::broken;
  std::atomic_thread_fence(std::memory_order_acquire);
  const auto head = number(state_.available + entries_at + 2 * (state_.next_available % u64{state_.size}));
  if (!head) return Next::broken;
  chain = {*head, {}, {}};
  u64 bytes = 0;
  u16 at = *head;
  // A chain has no descriptor twice.
  for (u32 count = 0; count < state_.size; ++count) {
    std::array<u8, descriptor_bytes> d{};
    if (at >= state_.size || !window_.read(state_.descriptors + at * descriptor_bytes, d, By::other)) return Next::broken;
    const Piece piece{load_le<u64>(d.data()), load_le<u32>(d.data() + 8)};
    const u16 flags = load_le<u16>(d.data() + 12);
    bytes += piece.bytes;
    if ((flags & ~known_flags) || bytes > longest || piece.bytes == 0) return Next::broken;
    if (flags & flag_write)
      chain.writable.push_back(piece);
    else if (chain.writable.empty())
      chain.readable.push_back(piece);
    else
      return Next::broken;  // what the device reads comes first
    if (!(flags & flag_next)) {
      ++state_.next_available;
      return Next::chain;
    }
    at = load_le<u16>(d.data() + 14);
  }
  return Next::broken;
}

bool Virtqueue::done(const Chain& chain, u32 written) {
  std::array<u8, used_entry_bytes> entry{};
  store_le<u32>(entry.data(), chain.head);
  store_le<u32>(entry.data() + 4, written);
  const u64 slot = state_.next_used % u64{state_.size};
  if (!window_.write(state_.used + entries_at + slot * used_entry_bytes, entry, By::other)) return false;
  // The index last: it is what the driver looks at.
  std::atomic_thread_fence(std::memory_order_release);
  std::array<u8, 2> index{};
  store_le<u16>(index.data(), ++state_.next_used);
  return window_.write(state_.used + 2, index, By::other);
}

bool Virtqueue::wants_interrupt() const {
  const auto flags = number(state_.available);
  return !flags || !(*flags & no_interrupt);
}

namespace {

template <class Byte, class Copy>
bool each_piece(const std::vector<Piece>& pieces, u64 skip, std::span<Byte> bytes, const Copy& copy) {
  for (const Piece& piece : pieces) {
    if (bytes.empty()) break;
    if (skip >= piece.bytes) {
      skip -= piece.bytes;
      continue;
    }
    const u64 length = std::min<u64>(piece.bytes - skip, bytes.size());
    // An address at the very end of all addresses goes round, and is outside of the window then.
    if (!copy(piece.address + skip, bytes.first(length))) return false;
    bytes = bytes.subspan(length);
    skip = 0;
  }
  return bytes.empty();
}

}  // namespace

bool Virtqueue::read(const std::vector<Piece>& pieces, u64 skip, std::span<u8> to) const {
  return each_piece(pieces, skip, to, [&](u64 at, std::span<u8> part) { return window_.read(at, part, By::other); });
}

bool Virtqueue::write(const std::vector<Piece>& pieces, u64 skip, std::span<const u8> from) {
  return each_piece(pieces, skip, from, [&](u64 at, std::span<const u8> part) { return window_.write(at, part, By::other); });
}

}  // namespace devices::pci
