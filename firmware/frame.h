// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a partition, and a move, may ask of the frame they are in. The Hypervisor implements it.

#include <memory>
#include <set>
#include <string>

#include "devices/pci/medium.h"
#include "emu/core/clock.h"
#include "emu/core/hold.h"
#include "emu/core/lab.h"
#include "emu/core/result.h"
#include "firmware/journal.h"
#include "firmware/native_partition.h"
#include "firmware/witness.h"

namespace firmware {

class Adapter;
class Connections;
class Errands;
class Partition;
class ProcessorShares;
class SystemClock;
class VirtualSwitch;

class Frame {
 public:
  virtual ~Frame() = default;
  virtual const emu::FrameConfig& config() const = 0;
  virtual const emu::Clock& clock() const = 0;
  virtual const SystemClock& system_clock() const = 0;
  virtual Journal& journal() = 0;
  virtual Witness& witness() = 0;
  virtual VirtualSwitch& ethernet() = 0;
  virtual Connections& connections() = 0;  // of virtual SCSI
  virtual Errands& errands() = 0;
  virtual ProcessorShares& processor_shares() = 0;
  virtual void show_refcode(u32 lpar_id, const std::string& refcode, const std::string& word2 = "") = 0;

  // Active partitions and active shells; null if there is none. Any thread.
  virtual std::shared_ptr<Partition> partition(u32 lpar_id) const = 0;
  // An adapter was added to a running partition, or is about to be taken from it: what is current says so from now on, in the journal,
  // too. On an error nothing was changed.
  virtual emu::Status keep_adapter(u32 lpar_id, const emu::VirtualAdapter&, Kept) = 0;
  virtual emu::Status drop_adapter(u32 lpar_id, u32 slot, Kept) = 0;
  // A guest takes a logical memory block or a processor, or gives it back: what is current says so from now on, in the journal, too. Code
  // dlpar::not_granted_code: it was not given so much. On an error nothing was changed. On the partition's dispatcher.
  virtual emu::Status keep_memory_block(u32 lpar_id, u32 block, bool owned) = 0;
  virtual emu::Status keep_processor(u32 lpar_id, u32 number, bool owned) = 0;
  // What lies behind the adapter in a physical slot: only one partition at a time may ask for it.
  virtual emu::Result<devices::pci::Medium> open_medium(const emu::PhysicalSlot&) = 0;
  // A partition has set its time of day: kept first. If it is the authority of this system's time, that is set, too.
  virtual emu::Status keep_time(u32 lpar_id, s64 difference) = 0;
  // Slots that are taken in that profile: what is added to the partition has another one.
  virtual std::set<u32> slots_of_profile(u32 lpar_id) const = 0;
  // What moves need of a Virtual I/O Server now.
  virtual std::vector<emu::Hold> holds(u32 vios_id) const = 0;
  virtual std::string uuid_of(u32 lpar_id) const = 0;  // of the partition that has the id; empty if none has

  // ---- what partitions tell (their own thread; must not block on that thread) ----
  virtual void partition_stopped(u32 lpar_id, bool restart) = 0;  // RTAS power-off, system-reboot
  virtual void partition_failed(u32 lpar_id, const std::string& refcode, const std::string& why) = 0;
  // A message on a VASI's queue. Answers as H_SEND_CRQ does.
  virtual s64 vasi_message(Partition&, Adapter&, u64 high, u64 low) = 0;
  // A VASI's queue was freed, registered anew, or its partition stopped: its streams end.
  virtual void vasi_reset(Partition&, Adapter&) = 0;
  // H_DONOR_OPERATION of a mover: 0 done, 14 in progress.
  virtual s64 donor_operation(Partition&, u64 handle) = 0;

  // ---- for moves ----
  // Destination: defines the partition here, with the same id if it is free, else the lowest free one, state "Not
  // Available", and takes memory and processors. `active`: builds the whole partition, started and parked. Its definition
  // goes into the journal with mark_moving: a shell that the journal knows always has a stream that it belongs to. Takes
  // nothing when it fails.
  virtual emu::Result<u32> make_shell(u64 stream, const emu::LparDefinition&, bool active) = 0;
  // Shows the partition as taking part in a move (or not any more: stream 0). The stream's record is written already.
  virtual void mark_moving(u32 lpar_id, u64 stream, bool target) = 0;
  // The last question before a partition is handed over: does something outside of it stand against it?
  virtual emu::Status may_leave(u32 lpar_id) const = 0;
  // The shell is an ordinary partition from now on: Running if it was active, else Not Activated.
  virtual emu::Status adopt_shell(u32 lpar_id) = 0;
  // No trace is left: dispatcher ended, memory given back, definition and journal entry gone. For a shell that was not
  // needed, and for the source after a move. Not on the partition's dispatcher.
  virtual emu::Status forget(u32 lpar_id) = 0;
};

}  // namespace firmware
