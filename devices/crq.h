// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A command/response queue: a ring of 16-byte elements in the partition's own memory that its partner, or the hypervisor,
// fills and the partition empties. (LoPAR 17.2.3.1; docs/papr.md, Command/response queues)

#include <functional>
#include <mutex>

#include "devices/tce_table.h"
#include "emu/core/archive.h"

namespace devices {

inline constexpr u64 crq_element = 16;

// Transport events, as the first doubleword of an element.
inline constexpr u64 crq_partner_failed = 0xFF01'0000'0000'0000;
inline constexpr u64 crq_partner_deregistered = 0xFF02'0000'0000'0000;
inline constexpr u64 crq_partner_suspended = 0xFF06'0000'0000'0000;

struct CrqState {
  bool registered = false;
  bool disabled = false;  // by a suspension, until H_ENABLE_CRQ
  bool signal = false;    // H_VIO_SIGNAL: interrupts on
  u64 io_address = 0;
  u64 bytes = 0;
  u64 next = 0;  // where the next element goes, in bytes
  bool operator==(const CrqState&) const = default;
};

class Crq {
 public:
  enum class Sent { done, closed, full };

  Crq(std::shared_ptr<TceTable> window, std::function<void()> raise) : window_(std::move(window)), raise_(std::move(raise)) {}

  bool open(u64 io_address, u64 bytes);  // false: already registered. Starts at element 0, interrupts off
  bool close();                          // false: was not registered
  void set_signal(bool on);
  void disable();
  void enable();
  CrqState state() const;
  bool registered() const { return state().registered; }

  // From the partner: refused while the queue is disabled. From the platform: transport events, as long as it is registered.
  Sent send(u64 high, u64 low);
  Sent event(u64 high);

  void archive(emu::Archive&);

 private:
  Sent put(u64 high, u64 low);  // with the lock

  std::shared_ptr<TceTable> window_;
  std::function<void()> raise_;
  mutable std::mutex mutex_;
  CrqState state_;
};

void archive(emu::Archive&, CrqState&);

}  // namespace devices
