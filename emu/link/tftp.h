// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The messages of TFTP (RFC 1350), and the options that are asked for in its first one (RFC 2347: blksize of RFC 2348, timeout
// and tsize of RFC 2349). Parsers take hostile input and say nothing.

#include <optional>
#include <string>
#include <variant>

#include "emu/core/types.h"

namespace emu::tftp {

inline constexpr u16 server_port = 69;
inline constexpr u64 block_bytes = 512;     // unless both ends agree on another size
inline constexpr u64 largest_block = 1428;  // of what is agreed on here: a packet of Ethernet
inline constexpr u64 smallest_block = 8;

struct Options {
  std::optional<u64> block_size;
  std::optional<u64> timeout;  // seconds
  std::optional<u64> size;     // of the file; 0 in a request: how large is it?
  bool any() const { return block_size || timeout || size; }
  bool operator==(const Options&) const = default;
};

struct Request {
  bool write = false;
  std::string file;
  std::string mode = "octet";
  Options options{};
  bool operator==(const Request&) const = default;
};
struct Data {
  u16 block = 0;
  Bytes bytes;
  bool operator==(const Data&) const = default;
};
struct Acknowledgement {
  u16 block = 0;
  bool operator==(const Acknowledgement&) const = default;
};
enum class ErrorCode : u16 { undefined, not_found, access, full, illegal, unknown_transfer, exists, no_user, options };
struct Error {
  ErrorCode code = ErrorCode::undefined;
  std::string text;
  bool operator==(const Error&) const = default;
};
struct OptionAcknowledgement {
  Options options;
  bool operator==(const OptionAcknowledgement&) const = default;
};
using Message = std::variant<Request, Data, Acknowledgement, Error, OptionAcknowledgement>;

Bytes make(const Message&);
std::optional<Message> parse(std::span<const u8> bytes);

}  // namespace emu::tftp
