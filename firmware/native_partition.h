// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a partition of native code (a Virtual I/O Server) has of its hypervisor: what any partition has. It owns real
// memory, calls hypercalls, and is interrupted by its adapters; it never sees a client's memory except through H_COPY_RDMA.
// One thread of the VIOS calls all functions, except wake().

#include <array>
#include <initializer_list>
#include <string>
#include <vector>

#include "emu/core/guest_memory.h"
#include "emu/core/hold.h"
#include "emu/core/partition_profile.h"

namespace firmware {

struct HcallAnswer {
  s64 status = 0;            // H_SUCCESS ...
  std::array<u64, 9> out{};  // r4 - r12
};

// A virtual adapter as the partition's device tree shows it.
struct NativeAdapter {
  emu::VirtualAdapter config;
  u32 unit_address = 0;  // `reg`
  u32 liobn = 0;         // first pane of ibm,my-dma-window: its own memory
  u32 remote_liobn = 0;  // second pane: the partner's memory (v-scsi-host, VASI); 0 if none
  u64 window_bytes = 0;  // of the first pane; I/O addresses from 0
  u32 interrupt = 0;     // source number
};

// Whether the profile that a partition was activated with says what was plugged into it, or only its current configuration.
enum class Kept : u8 { in_profile = 1, while_it_runs };

class NativePartition {
 public:
  virtual ~NativePartition() = default;
  virtual const emu::LparDefinition& definition() const = 0;
  virtual emu::GuestMemory& memory() = 0;

  // A hypercall with r4 = the first argument and so on.
  virtual HcallAnswer hcall(u64 number, std::initializer_list<u64> arguments) = 0;

  // The adapters plugged in now, in slot order. Dynamic reconfiguration changes the list (see adapters_changed).
  virtual std::vector<NativeAdapter> adapters() const = 0;
  // The hypervisor plugs an adapter into its slot (0: a free one), or pulls one. Error "slots" if none is free. On an error nothing
  // was changed.
  virtual emu::Result<NativeAdapter> plug(const emu::VirtualAdapter& wanted, Kept) = 0;
  virtual emu::Status unplug(u32 slot, Kept) = 0;
  // What a move plugs and pulls: the next activation makes what there is now. (Redbook 2.4.4)
  emu::Result<NativeAdapter> add_adapter(const emu::VirtualAdapter& wanted) { return plug(wanted, Kept::in_profile); }
  emu::Status remove_adapter(u32 slot) { return unplug(slot, Kept::in_profile); }
  virtual u32 free_slots() const = 0;                // that add_adapter could still choose
  virtual std::vector<emu::Hold> holds() const = 0;  // what moves need of this server now
  // The partition that has this id on the frame now, running or not; empty if none has. A real server hears who its client is from
  // the management console, which gives out the ids, and at the client's login.
  virtual std::string uuid_of(u32 lpar_id) const = 0;

  virtual u64 time_of_day() const = 0;  // nanoseconds since 1970; any thread
  virtual emu::Status set_time_of_day(u64 nanoseconds) = 0;

  // Waits until an adapter has interrupted, wake() was called, or `timeout` nanoseconds have passed. Returns the interrupt
  // sources that fired since the last call. Interrupts are edges, enabled per adapter with H_VIO_SIGNAL.
  virtual std::vector<u32> wait(u64 timeout) = 0;
  virtual void wake() = 0;  // any thread
};

}  // namespace firmware
