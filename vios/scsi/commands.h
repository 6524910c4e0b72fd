// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a virtual target device answers to SCSI commands (SPC-3, SBC-3): one table, a row per operation code.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "vios/san/lun.h"

namespace vios::scsi {

// A virtual target device: a disk under the address that the client uses.
struct Target {
  std::string vtd;  // vtscsi0
  u64 lun = 0;      // 0x8100000000000000
  std::shared_ptr<Lun> disk;
};

// The data of one command, on its way through memory that both ends can reach.
class Transfer {
 public:
  virtual ~Transfer() = default;
  virtual std::span<u8> staging() = 0;
  // The first `bytes` of the staging memory go to the client, behind those that went before. What its buffer cannot hold is
  // only counted. False if the hypervisor refused the client's addresses.
  virtual bool put(u64 bytes) = 0;
  // The client's next `bytes` come into the staging memory; false if its buffer has fewer, or bad addresses.
  virtual bool get(u64 bytes) = 0;
};

struct Sense {
  u8 key = 0;
  u8 code = 0;
  u8 qualifier = 0;
  bool operator==(const Sense&) const = default;
};

enum class Status : u8 { good = 0, check_condition = 2, reservation_conflict = 0x18 };

struct Outcome {
  Status status = Status::good;
  Sense sense;
  bool flush = false;  // good once the disk has been flushed
};

struct Task {
  std::array<u8, 16> cdb{};
  u64 lun = 0;
  std::string initiator;               // as the SAN knows it
  const std::vector<Target>& targets;  // all of this host
  Target const* target = nullptr;      // the one that is addressed; null if there is none
  Transfer& data;
};

struct Command {
  u8 code;
  std::string_view name;
  Access access;        // what a reservation is held against
  bool without_target;  // answers even if nobody is at the address
  Outcome (*run)(Task&);
};
std::span<const Command> commands();  // ascending by code

// Checks and runs a command. Never fails otherwise than by a status.
Outcome execute(Task&);
Bytes fixed_sense(const Sense&);  // 18 bytes, response code 0x70

}  // namespace vios::scsi
