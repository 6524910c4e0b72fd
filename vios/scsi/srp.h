// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Information units between a virtual SCSI client and its server: SRP and management datagrams (LoPAR E.12). Offsets are
// the documents'. Everything that comes from a client is hostile: readers check lengths first.

#include <array>
#include <optional>
#include <vector>

#include "emu/core/types.h"

namespace vios::srp {

inline constexpr size_t largest_iu = 1024;  // of what we take; a client's own limit is 256

namespace opcode {  // byte 0 of an IU
inline constexpr u8 login_request = 0x00;
inline constexpr u8 task_management = 0x01;
inline constexpr u8 command = 0x02;
inline constexpr u8 login_response = 0xC0;
inline constexpr u8 response = 0xC1;
inline constexpr u8 login_reject = 0xC2;
}  // namespace opcode

// Descriptor formats a client may use; our login response offers both.
inline constexpr u16 direct_buffers = 2;
inline constexpr u16 indirect_buffers = 4;

// Why a login is refused.
inline constexpr u32 reject_iu_too_large = 0x0001'0002;
inline constexpr u32 reject_formats = 0x0001'0004;

// Residual flags of a response.
inline constexpr u8 response_valid = 1;
inline constexpr u8 sense_valid = 2;
inline constexpr u8 out_over = 4;
inline constexpr u8 out_under = 8;
inline constexpr u8 in_over = 0x10;
inline constexpr u8 in_under = 0x20;

// A piece of the client's memory, by I/O address.
struct Segment {
  u64 address = 0;
  u32 length = 0;
};

struct Buffer {
  enum class Form : u8 { none, direct, indirect } form = Form::none;
  u64 length = 0;
  std::vector<Segment> segments;  // direct: one; indirect: those that came with the IU
  Segment table;                  // indirect, if not all did: where the whole list is
};

struct Command {
  u64 tag = 0;
  u64 lun = 0;
  std::array<u8, 16> cdb{};
  Buffer out;  // from the client
  Buffer in;   // to the client
};
// Nothing if it is too short, or its descriptors contradict themselves.
std::optional<Command> parse_command(std::span<const u8> iu);

struct TaskManagement {
  u64 tag = 0;
  u64 lun = 0;
  u8 function = 0;  // 1 abort, 2 abort set, 4 clear set, 8 LUN reset, 0x40 clear ACA
  u64 task = 0;
};
std::optional<TaskManagement> parse_task_management(std::span<const u8> iu);

struct Login {
  u64 tag = 0;
  u32 largest_iu = 0;
  u16 formats = 0;
};
std::optional<Login> parse_login(std::span<const u8> iu);

Bytes make_login_response(u64 tag, u32 request_limit);
Bytes make_login_reject(u64 tag, u32 reason);

struct Response {
  u64 tag = 0;
  u8 status = 0;    // SCSI
  u8 residual = 0;  // flags
  u32 out_residual = 0;
  u32 in_residual = 0;
  Bytes sense;
  std::optional<u8> response_code;  // of task management: 0 done, 2 field invalid, 4 not supported, 5 failed
};
Bytes make_response(const Response&);

// ---- management datagrams ----

namespace mad {
inline constexpr u32 empty_iu = 1;
inline constexpr u32 error_log = 2;
inline constexpr u32 adapter_info = 3;
inline constexpr u32 capabilities = 5;
inline constexpr u32 enable_fast_fail = 8;

inline constexpr u16 done = 0;
inline constexpr u16 not_supported = 0xF1;
inline constexpr u16 failed = 0xF7;

inline constexpr size_t header_size = 24;
inline constexpr size_t adapter_info_size = 148;
inline constexpr size_t capabilities_size = 92;

inline constexpr u32 os_aix = 3;  // a VIOS is one: clients only then ask for capabilities

struct Header {
  u32 type = 0;
  u16 length = 0;
  u64 tag = 0;
  u64 buffer = 0;
};
std::optional<Header> parse(std::span<const u8> iu);
}  // namespace mad

}  // namespace vios::srp
