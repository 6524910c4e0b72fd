// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The messages of a VASI's queue, and what its data buffers look like: LoPAR's numbers, for both ends. (LoPAR 17.7.2 - 17.7.4)
// An element is two doublewords: `high` holds bytes 0-7, `low` bytes 8-15. TOP is the mover's handle of a stream, BOTTOM
// the hypervisor's. A response has the top bit of the format set and a status in byte 2.

#include <optional>
#include <span>

#include "emu/core/types.h"

namespace devices::vasi {

enum class Format : u8 {
  capabilities = 0x01,
  open = 0x02,
  close = 0x03,
  add_buffer = 0x04,
  free_buffer = 0x05,
  download = 0x06,   // mover to hypervisor: "this has come"
  operation = 0x07,  // hypervisor to mover: "send this"
  signal = 0x08,
  state = 0x09,  // hypervisor to mover, without response
  progress = 0x10,
};
inline constexpr u8 response_bit = 0x80;

enum class Status : u8 {
  ok = 0,
  hardware = 1,
  invalid_stream = 2,
  stream_aborted = 3,
  bad_descriptor = 4,
  bad_length = 5,
  empty = 6,
  bad_download_specifier = 7,
  bad_download_data = 8,
  bad_correlator = 9,
  bad_operation = 0xA,
  bad_service = 0xB,
  too_many_opens = 0xC,
  bad_bottom = 0xD,
  bad_top = 0xE,
  end_of_file = 0xF,
  bad_format = 0x10,
  reserved_not_zero = 0x11,
  invalid_transition = 0x12,
  race_lost = 0x13,
  bad_signal = 0x14,
};

enum class Service : u8 { source_mover = 1, target_mover = 2, pager = 3 };
enum class Signal : u16 { cancel = 1, abort, suspend, complete, enable, failover };
enum class Entity : u8 { orchestrator = 1, source_mover, partition_firmware, platform_firmware, target_mover, partition };
constexpr u32 reason_of(Entity entity, u32 detail) { return u32{static_cast<u8>(entity)} << 24 | (detail & 0xFF'FFFF); }
// Details of a mover's reasons; ours.
inline constexpr u32 reason_link_down = 1;
inline constexpr u32 reason_peer_gone = 2;
inline constexpr u32 reason_device_error = 3;

struct Message {
  u8 format = 0;
  u8 status = 0;
  u8 service = 0;
  u32 handle = 0;
  u64 low = 0;

  constexpr u64 high() const { return u64{0x80} << 56 | u64{format} << 48 | u64{status} << 40 | u64{service} << 32 | handle; }
  constexpr bool response() const { return format & response_bit; }
  constexpr bool is(Format f) const { return format == static_cast<u8>(f); }
  constexpr bool answers(Format f) const { return format == (static_cast<u8>(f) | response_bit); }
};
constexpr Message parse(u64 high, u64 low) {
  return {static_cast<u8>(high >> 48), static_cast<u8>(high >> 40), static_cast<u8>(high >> 32), static_cast<u32>(high), low};
}
constexpr Message make(Format format, u32 handle, u64 low = 0, u8 service = 0) {
  return {static_cast<u8>(format), 0, service, handle, low};
}
static_assert(parse(make(Format::open, 0x1234, 5, 1).high(), 5).handle == 0x1234);

// ---- buffer descriptors: 0x80, a 24-bit length, a 32-bit I/O address (as the logical LAN's) ----
struct Descriptor {
  u32 length = 0;
  u32 io_address = 0;
};
constexpr u64 pack(const Descriptor& d) { return u64{0x80} << 56 | u64{d.length & 0xFF'FFFF} << 32 | d.io_address; }
constexpr std::optional<Descriptor> unpack(u64 value) {
  if (value >> 56 != 0x80) return std::nullopt;
  return Descriptor{static_cast<u32>(value >> 32) & 0xFF'FFFF, static_cast<u32>(value)};
}

// ---- data buffers ----
// Operation: correlator 8, TOP 4, BOTTOM 4, operation 1, file offset 7, operation's correlator 8, segments.
// Download:  correlator 8, segments. A segment is a control byte (0: the bytes follow), a 24-bit length, the bytes; the
// list ends with 4 zero bytes. So an Operation's buffer is a Download's, seen from download_offset on, once the eight
// bytes before the segments are made its correlator: nothing has to be copied between two movers.
inline constexpr u32 operation_header = 32;
inline constexpr u32 segment_header = 4;
inline constexpr u32 download_header = 8;
inline constexpr u32 download_offset = operation_header - download_header;
inline constexpr u32 data_offset = operation_header + segment_header;  // of the bytes, in an Operation's buffer
inline constexpr u32 end_bytes = 4;

inline constexpr u8 operation_write = 0x80;
inline constexpr u8 operation_urgent = 0x01;  // in the modifier's bits, which LoPAR leaves open

// The bytes of the one immediate segment of a Download; empty optional: not of that form.
inline std::optional<std::span<const u8>> immediate_segment(std::span<const u8> download) {
  if (download.size() < download_header + segment_header + end_bytes) return std::nullopt;
  const u32 header = emu::load_be<u32>(download.data() + download_header);
  const u32 length = header & 0xFF'FFFF;
  if (header >> 24 != 0 || length == 0) return std::nullopt;
  const auto rest = download.subspan(download_header + segment_header);
  if (length > rest.size() - end_bytes) return std::nullopt;
  if (emu::load_be<u32>(rest.data() + length) != 0) return std::nullopt;
  return rest.first(length);
}

}  // namespace devices::vasi
