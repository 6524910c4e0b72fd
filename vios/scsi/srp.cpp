// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/scsi/srp.h"

#include <algorithm>

namespace vios::srp {

using emu::load_be;
using emu::store_be;

namespace {

constexpr size_t command_header = 48;
constexpr size_t descriptor_size = 16;
constexpr size_t indirect_header = descriptor_size + 4;

Segment parse_descriptor(const u8* from) { return {load_be<u64>(from), load_be<u32>(from + 12)}; }

// Reads one buffer's descriptors at the front of `rest` and moves past them. False if they are not there.
bool parse_buffer(std::span<const u8>& rest, u8 format, u8 count, Buffer& buffer) {
  switch (format) {
    case 0:
      return true;
    case 1: {
      if (rest.size() < descriptor_size) return false;
      const Segment segment = parse_descriptor(rest.data());
      buffer = {Buffer::Form::direct, segment.length, {segment}, {}};
      rest = rest.subspan(descriptor_size);
      return true;
    }
    case 2: {
      if (rest.size() < indirect_header) return false;
      buffer.form = Buffer::Form::indirect;
      buffer.table = parse_descriptor(rest.data());
      buffer.length = load_be<u32>(&rest[descriptor_size]);
      rest = rest.subspan(indirect_header);
      if (rest.size() < count * descriptor_size) return false;
      for (u8 i = 0; i < count; ++i) buffer.segments.push_back(parse_descriptor(&rest[i * descriptor_size]));
      rest = rest.subspan(count * descriptor_size);
      return true;
    }
    default:
      return false;
  }
}

}  // namespace

std::optional<Command> parse_command(std::span<const u8> iu) {
  if (iu.size() < command_header) return std::nullopt;
  Command command;
  command.tag = load_be<u64>(&iu[8]);
  command.lun = load_be<u64>(&iu[20]);
  std::copy_n(&iu[32], command.cdb.size(), command.cdb.begin());
  const size_t additional = size_t{iu[31] & 0xFCu};  // words of 4, in bits 7-2
  auto rest = iu.subspan(command_header);
  if (rest.size() < additional) return std::nullopt;
  rest = rest.subspan(additional);
  // Data-out descriptors come first. (SRP, 6.8)
  if (!parse_buffer(rest, iu[5] >> 4, iu[6], command.out)) return std::nullopt;
  if (!parse_buffer(rest, iu[5] & 0xF, iu[7], command.in)) return std::nullopt;
  return command;
}

std::optional<TaskManagement> parse_task_management(std::span<const u8> iu) {
  if (iu.size() < 40) return std::nullopt;
  return TaskManagement{load_be<u64>(&iu[8]), load_be<u64>(&iu[20]), iu[30], load_be<u64>(&iu[32])};
}

std::optional<Login> parse_login(std::span<const u8> iu) {
  if (iu.size() < 26) return std::nullopt;
  return Login{load_be<u64>(&iu[8]), load_be<u32>(&iu[16]), load_be<u16>(&iu[24])};
}

Bytes make_login_response(u64 tag, u32 request_limit) {
  Bytes iu(52);
  iu[0] = opcode::login_response;
  store_be(&iu[4], request_limit);
  store_be(&iu[8], tag);
  store_be(&iu[16], static_cast<u32>(largest_iu));
  store_be(&iu[20], static_cast<u32>(largest_iu));
  store_be(&iu[24], static_cast<u16>(direct_buffers | indirect_buffers));
  return iu;
}

Bytes make_login_reject(u64 tag, u32 reason) {
  Bytes iu(32);
  iu[0] = opcode::login_reject;
  store_be(&iu[4], reason);
  store_be(&iu[8], tag);
  store_be(&iu[24], static_cast<u16>(direct_buffers | indirect_buffers));
  return iu;
}

Bytes make_response(const Response& answer) {
  Bytes iu(36);
  iu[0] = opcode::response;
  store_be(&iu[4], u32{1});  // every answer gives its credit back
  store_be(&iu[8], answer.tag);
  iu[18] = answer.residual;
  iu[19] = answer.status;
  store_be(&iu[20], answer.out_residual);
  store_be(&iu[24], answer.in_residual);
  if (answer.response_code) {
    iu[18] |= response_valid;
    store_be(&iu[32], u32{4});
    iu.resize(iu.size() + 4);
    iu.back() = *answer.response_code;
  }
  if (!answer.sense.empty()) {
    iu[18] |= sense_valid;
    store_be(&iu[28], static_cast<u32>(answer.sense.size()));
    iu.insert(iu.end(), answer.sense.begin(), answer.sense.end());
  }
  return iu;
}

std::optional<mad::Header> mad::parse(std::span<const u8> iu) {
  if (iu.size() < 16) return std::nullopt;
  Header header{load_be<u32>(iu.data()), load_be<u16>(&iu[6]), load_be<u64>(&iu[8]), 0};
  if (iu.size() >= header_size) header.buffer = load_be<u64>(&iu[16]);
  return header;
}

}  // namespace vios::srp
