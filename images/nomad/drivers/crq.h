// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A command/response queue pair (LoPAR 17.2.3.1): we own the receive queue, the hypervisor writes its 16-byte elements; byte 0 of an
// element tells that it is there, and is zeroed by us when it has been read.
#include "drivers/dma.h"
#include "lib/types.h"

namespace nomad {

struct CrqElement {
  u64 first, second;
  u8 header() const { return static_cast<u8>(first >> 56); }
  u8 format() const { return static_cast<u8>(first >> 48); }
  u8 status() const { return static_cast<u8>(first >> 32); }
};

class Crq {
 public:
  enum Header : u8 { command = 0x80, initialization = 0xC0, transport_event = 0xFF };
  enum Initialization : u8 { initialize = 1, initialization_complete = 2 };
  enum Event : u8 { partner_failed = 1, partner_deregistered = 2, partner_suspended = 6 };

  bool open(u64 unit, DmaWindow& window);
  i64 register_queue();   // H_REG_CRQ after freeing what was registered; H_CLOSED = the partner is not there yet
  void close();           // waits until it is free; the caller unmaps it
  i64 enable();           // H_ENABLE_CRQ, one attempt; the queue's position continues
  i64 send(u64 first, u64 second);
  i64 send_initialization(Initialization kind);
  bool next(CrqElement& element);

 private:
  static constexpr u32 element_count = 256;
  void free_queue();

  u64 unit_ = 0;
  u64 io_address_ = 0;
  volatile u64* queue_ = nullptr;
  u32 position_ = 0;
};

}  // namespace nomad
