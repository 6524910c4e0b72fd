// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Information units of virtual SCSI: management datagrams (MAD) and the SCSI RDMA protocol (SRP), as they lie in memory.
#include "lib/types.h"

namespace nomad::srp {

struct [[gnu::packed]] MadHeader {
  u32 type;
  u16 status, length;
  u64 tag;
  u64 buffer;
};
enum MadType : u32 { adapter_info = 3, capabilities = 5 };

struct [[gnu::packed]] AdapterInfo {
  char srp_version[8];
  char partition_name[96];
  u32 partition_number, mad_version, os_type;
  u32 max_transfer[8];
};
static_assert(sizeof(AdapterInfo) == 148);
enum OsType : u32 { os_linux = 2, os_aix = 3 };

struct [[gnu::packed]] Capability {
  u32 type;
  u16 length, server_support;
  u32 value;
};
struct [[gnu::packed]] Capabilities {
  u32 flags;
  char name[32], location[32];
  Capability migration, reservation;
};
static_assert(sizeof(Capabilities) == 92);
enum CapabilityFlag : u32 { client_migrated = 1, client_reconnect = 2, list_supported = 4, list_data = 8 };

enum Opcode : u8 {
  task_management = 0x01,
  command = 0x02,
  login_request = 0x00,
  login_response = 0xC0,
  response = 0xC1,
  login_reject = 0xC2,
};

struct [[gnu::packed]] LoginRequest {
  u8 opcode, reserved[7];
  u64 tag;
  u32 max_unit_length, reserved2;
  u16 buffer_formats;  // 2 direct, 4 indirect
  u8 flags, reserved3[5];
  u8 initiator[16], target[16];
};
static_assert(sizeof(LoginRequest) == 64);

struct [[gnu::packed]] LoginResponse {
  u8 opcode, reserved[3];
  u32 request_limit;
  u64 tag;
  u32 max_initiator_unit, max_target_unit;
  u16 buffer_formats;
};

struct [[gnu::packed]] Descriptor {
  u64 io_address;
  u32 key, length;
};

struct [[gnu::packed]] Command {
  u8 opcode, solicited, reserved[3], buffer_format, out_count, in_count;
  u64 tag;
  u32 reserved2;
  u64 lun;
  u8 reserved3, task_attribute, reserved4, additional_length;
  u8 cdb[16];
  Descriptor data;
};
static_assert(sizeof(Command) == 64 && __builtin_offsetof(Command, cdb) == 32);

struct [[gnu::packed]] TaskManagement {
  u8 opcode, solicited, reserved[6];
  u64 tag;
  u32 reserved2;
  u64 lun;
  u8 reserved3[2], function, reserved4;
  u64 task_tag;
  u8 reserved5[8];
};
static_assert(sizeof(TaskManagement) == 48);
constexpr u8 abort_task = 1;

struct [[gnu::packed]] Response {
  u8 opcode, solicited, reserved[2];
  i32 credit;
  u64 tag;
  u8 reserved2[2], flags, status;
  u32 out_residual, in_residual, sense_length, response_length;
  u8 data[36];
};
enum ResponseFlag : u8 { response_valid = 1, sense_valid = 2 };

enum ScsiStatus : u8 { good = 0, check_condition = 2, scsi_busy = 8, reservation_conflict = 0x18 };
constexpr u8 sense_unit_attention = 6;

}  // namespace nomad::srp
