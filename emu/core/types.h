// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Fixed-width numbers, and big-endian memory: everything that a guest and its hypervisor share in memory is big-endian,
// whatever the guest's own byte order.

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s32 = std::int32_t;
using s64 = std::int64_t;

using Bytes = std::vector<u8>;

inline constexpr u64 KiB = 1024;
inline constexpr u64 MiB = 1024 * KiB;
inline constexpr u64 GiB = 1024 * MiB;

namespace emu {

static_assert(std::endian::native == std::endian::little, "the host is x86-64 or another little-endian machine");

template <std::unsigned_integral T>
constexpr T byte_swapped(T value) {
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  return value;
}

// Loads and stores at any address, aligned or not.
template <std::unsigned_integral T>
T load_be(const u8* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return byte_swapped(value);
}

template <std::unsigned_integral T>
void store_be(u8* to, T value) {
  value = byte_swapped(value);
  std::memcpy(to, &value, sizeof value);
}

}  // namespace emu
