// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The server's end of a CRQ: 16-byte elements that the hypervisor writes into our memory. (LoPAR 17.2.2.1.2)

#include <optional>

#include "vios/real_memory.h"

namespace vios {

// An element. Byte 0 of `high`: 0x80 message, 0xC0 initialization, 0xFF transport event; byte 1: which.
struct CrqElement {
  u64 high = 0;
  u64 low = 0;
  u8 header() const { return static_cast<u8>(high >> 56); }
  u8 format() const { return static_cast<u8>(high >> 48); }
};

namespace crq {
inline constexpr u8 message = 0x80;
inline constexpr u8 initialization = 0xC0;
inline constexpr u8 transport = 0xFF;
inline constexpr u64 initialize = 0xC001'0000'0000'0000;
inline constexpr u64 initialized = 0xC002'0000'0000'0000;
// Transport events: the second byte.
inline constexpr u8 partner_failed = 0x01;
inline constexpr u8 partner_deregistered = 0x02;
inline constexpr u8 partner_suspended = 0x06;
inline constexpr u8 prepare_for_suspend = 0x09;
inline constexpr u8 resume = 0x0A;
}  // namespace crq

class CommandQueue {
 public:
  // The queue is the first `bytes` of the window.
  CommandQueue(firmware::NativePartition& partition, DmaWindow& window, u32 unit_address, u64 bytes)
      : partition_(partition), window_(window), unit_(unit_address), bytes_(bytes) {}

  // H_REG_CRQ on an emptied queue, interrupts on. The answer is the hypercall's: H_SUCCESS, or H_CLOSED if the client is not
  // there yet, mean that it is registered.
  s64 open();
  void close();  // H_FREE_CRQ, as often as it is busy
  s64 enable();  // H_ENABLE_CRQ: after partner_suspended; positions go on
  bool is_open() const { return open_; }

  std::optional<CrqElement> next();
  s64 send(u64 high, u64 low);
  void interrupts(bool on);

 private:
  firmware::NativePartition& partition_;
  DmaWindow& window_;
  u32 unit_;
  u64 bytes_;
  u64 position_ = 0;
  bool open_ = false;
};

}  // namespace vios
