// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One partition: its memory, processors, adapters and everything else of it that a move must carry. Guests' partitions
// have a dispatcher thread that runs their virtual processors in turn; native ones (VIOS) have a thread of their own.
//
// For a move (firmware/move):
//   source       set_stream(.., suspending); the guest calls ibm,suspend-me; SuspendListener::suspended; archive(saving);
//                then either resume(9000) here, or the frame drops the partition.
//   destination  a shell from Frame::make_shell: everything there, nothing runs; archive(loading) fills it and fails as a
//                whole; memory arrives through memory(), the table through page_table(); resume(0) starts it.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cpu/cpu.h"
#include "cpu/hash_page_table.h"
#include "devices/device.h"
#include "devices/interrupt_controller.h"
#include "devices/nvram.h"
#include "devices/tce_table.h"
#include "emu/core/archive.h"
#include "emu/core/clock.h"
#include "emu/core/guest_memory.h"
#include "emu/core/partition_profile.h"
#include "emu/core/result.h"
#include "firmware/adapter.h"
#include "firmware/console.h"
#include "firmware/processor.h"

namespace firmware {

class Dispatcher;
class Frame;
class Partition;
struct Call;

// Where a stream is, as H_VASI_STATE tells (papr-lpm 1.3).
enum class StreamState : u8 { invalid = 0, enabled, aborted, suspending, suspended, resumed, completed };

// Who moves a partition.
class SuspendListener {
 public:
  virtual ~SuspendListener() = default;
  // The guest has called ibm,suspend-me while the stream was Suspending: no processor runs, the stream is Suspended, and
  // nothing of the partition changes until resume(). On the dispatcher thread; must return soon.
  virtual void suspended(Partition&) = 0;
  // The guest wants no migration: H_VASI_SIGNAL code 1 in a state that still allows it. The listener sets the stream to
  // Aborted, now or later. On the dispatcher thread.
  virtual void cancelled(Partition&, u32 reason) = 0;
};

struct PartitionSetup {
  emu::LparDefinition definition;
  emu::Profile profile;         // the one it runs with
  u32 hpt_shift = 0;            // 0: from the memory size
  u64 native_memory = 0;        // not 0: a native partition with so many bytes
};

class Partition : public std::enable_shared_from_this<Partition> {
 public:
  // Memory faulted in, table, processors and adapters there; nothing is loaded and nothing runs.
  static emu::Result<std::shared_ptr<Partition>> create(PartitionSetup, Frame&);
  ~Partition();
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  // ---- identity ----
  u32 id() const { return setup_.definition.lpar_id; }
  const emu::LparDefinition& definition() const { return setup_.definition; }
  const emu::Profile& profile() const { return setup_.profile; }
  bool native() const { return setup_.native_memory != 0; }
  Frame& frame() { return frame_; }

  // ---- what it owns ----
  emu::GuestMemory& memory() { return *memory_; }
  std::shared_ptr<emu::GuestMemory> shared_memory() { return memory_; }
  cpu::HashPageTable& page_table() { return *page_table_; }  // not of a native partition
  std::vector<std::unique_ptr<Processor>>& processors() { return processors_; }
  Processor* processor(u64 number);                          // by interrupt server number; null if there is none
  devices::InterruptController& interrupts() { return *interrupts_; }
  devices::Nvram& nvram() { return nvram_; }
  Console& console() { return console_; }

  // ---- adapters: by slot; a shared pointer keeps one alive that is pulled while somebody sends to it ----
  std::shared_ptr<Adapter> adapter(u64 unit_address) const;
  std::shared_ptr<Adapter> adapter_in_slot(u32 slot) const;
  std::vector<std::shared_ptr<Adapter>> adapters() const;    // in slot order
  emu::Result<std::shared_ptr<Adapter>> plug(const emu::VirtualAdapter&);  // slot 0: the first free one above 10
  emu::Status unplug(u32 slot);
  std::shared_ptr<devices::TceTable> tce_table(u32 liobn) const;  // own windows and, for server adapters, partners'

  // ---- running ----
  emu::Status boot(const std::string& image_file);  // loads image, initrd, tree; then starts the dispatcher
  void start();                                     // the dispatcher thread; idempotent. A shell's waits, parked
  void stop();                                      // ends the dispatcher; blocks; idempotent; not from the dispatcher
  // Runs `work` on the dispatcher thread between two guest instructions, and waits for it. Runs it at once if called on that
  // thread, or if nothing is running.
  void on_dispatcher(const std::function<void()>& work);
  void flush_tlbs();                                // on the dispatcher: after dirty or missing pages were reset
  // Which guest processor speaks in a hypercall. Any thread that is this partition's (dispatcher, or a VIOS's).
  s64 hypercall(u64 number, Call&);

  // ---- the whole state (the memory and the page table go their own way) ----
  // Only when parked, or on the dispatcher. Loading: into a shell; after a failure the shell is useless and is dropped.
  void archive(emu::Archive&);

  // ---- moves ----
  void set_suspend_listener(SuspendListener* listener) { listener_ = listener; }  // null: nobody
  SuspendListener* suspend_listener() const { return listener_; }
  u64 stream() const { return stream_; }
  StreamState stream_state() const { return stream_state_; }
  void set_stream(u64 stream, StreamState state);
  bool parked() const;
  // Ends the parking: `status` is what ibm,suspend-me returns. 0 on the destination, 9000 when aborted on the source.
  void resume(s32 rtas_status);

  // ---- time ----
  u64 time_base() const;      // 512 MHz, never backwards, not even by a move
  u64 time_of_day() const;    // nanoseconds since 1970, as the guest has set it
  void set_time_of_day(u64 nanoseconds);

  // ---- for handlers ----
  struct Vasi;                 // see hcall/mobility.cpp
  bool dr_pending() const { return tree_changed_; }   // a move changed properties: ibm,update-nodes tells them
  void tree_updates_told() { tree_changed_ = false; }

 private:
  Partition(PartitionSetup, Frame&);
  // private members follow with the implementation
};

}  // namespace firmware
