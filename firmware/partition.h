// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One partition: its memory, processors, adapters and everything else of it that a move must carry. Guests' partitions
// have a dispatcher, whose threads run their virtual processors; native ones (VIOS) have a thread of their own.
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
#include <set>
#include <string>
#include <vector>

#include "cpu/cpu.h"
#include "cpu/hash_page_table.h"
#include "devices/bsr.h"
#include "devices/device.h"
#include "devices/interrupt_controller.h"
#include "devices/nvram.h"
#include "devices/tce_table.h"
#include "emu/core/archive.h"
#include "emu/core/clock.h"
#include "emu/core/guest_memory.h"
#include "emu/core/number_set.h"
#include "emu/core/partition_profile.h"
#include "emu/core/result.h"
#include "firmware/adapter.h"
#include "firmware/processor.h"
#include "firmware/terminal_output.h"

namespace devices::pci {
class HostBridge;
}

namespace firmware {

class Dispatcher;
class Frame;
class Partition;
class Trace;
struct BootLayout;
namespace dlpar {
class Connectors;
}

// What RTAS keeps of a partition between calls.
struct RtasState {
  u64 base = 0;                  // where the stub was put
  u64 system_reset_handler = 0;  // ibm,nmi-register
  u64 machine_check_handler = 0;
  std::vector<Bytes> events;  // for event-scan, oldest first
  bool operator==(const RtasState&) const = default;
};
void archive(emu::Archive&, RtasState&);

// Where a stream is, as H_VASI_STATE tells. (LoPAR 17.7.7.1.3)
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
  emu::Configuration configuration;  // what it runs with
  emu::NumberSet processors;         // which ones, and which blocks of memory; empty: the first
  emu::NumberSet memory_blocks;
  u64 native_memory = 0;  // not 0: a native partition with so many bytes
  emu::FaultIn fault_in = emu::FaultIn::as_used;
};

class Partition : public std::enable_shared_from_this<Partition> {
 public:
  // Memory, table, processors and adapters there; nothing is loaded and nothing runs.
  static emu::Result<std::shared_ptr<Partition>> create(PartitionSetup, Frame&);
  ~Partition();
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  // ---- identity ----
  u32 id() const { return setup_.definition.lpar_id; }
  const emu::LparDefinition& definition() const { return setup_.definition; }
  const emu::Configuration& configuration() const { return setup_.configuration; }  // of processors and memory: on the dispatcher
  bool native() const { return setup_.native_memory != 0; }
  Frame& frame() { return frame_; }

  // ---- what it owns ----
  emu::GuestMemory& memory() { return *memory_; }
  std::shared_ptr<emu::GuestMemory> shared_memory() { return memory_; }
  cpu::HashPageTable& page_table() { return *page_table_; }            // not of a native partition
  const std::vector<Processor*>& processors() { return processors_; }  // in the order of their numbers; on the dispatcher
  Processor* processor(u64 number);  // by interrupt server number; null if there is none. Any thread
  devices::InterruptController& interrupts() { return *interrupts_; }
  devices::Nvram& nvram() { return nvram_; }
  TerminalOutput& terminal_output() { return *terminal_output_; }
  std::shared_ptr<TerminalOutput> shared_terminal_output() { return terminal_output_; }

  // ---- adapters: by slot; a shared pointer keeps one alive that is pulled while somebody sends to it ----
  std::shared_ptr<Adapter> adapter(u64 unit_address) const;
  std::shared_ptr<Adapter> adapter_in_slot(u32 slot) const;
  std::vector<std::shared_ptr<Adapter>> adapters() const;  // in slot order
  // Slot 0: the first free one that is not reserved.
  emu::Result<std::shared_ptr<Adapter>> plug(const emu::VirtualAdapter&, const std::set<u32>& reserved = {});
  emu::Status unplug(u32 slot);
  // The other end of a virtual SCSI adapter; null if it is not there or does not name us.
  std::shared_ptr<Adapter> partner(const Adapter&) const;
  u32 free_slots(const std::set<u32>& reserved) const;            // that plug could still choose
  std::shared_ptr<devices::TceTable> tce_table(u32 liobn) const;  // own windows and, for server adapters, partners'

  // ---- physical slots: a host bridge for each that has an adapter. On the dispatcher, or before it runs ----
  std::vector<std::shared_ptr<devices::pci::HostBridge>> bridges() const;  // in the order of their buses
  std::shared_ptr<devices::pci::HostBridge> bridge(u32 bus) const;         // null if there is none
  emu::Status plug_bridge(u32 drc_index);
  void unplug_bridge(u32 bus);
  bool is_device(u64 address, u64 length) const;  // all of it lies in the memory space of one bridge

  // ---- dynamic reconfiguration (firmware/dlpar) ----
  dlpar::Connectors& connectors() { return *connectors_; }
  const emu::NumberSet& memory_blocks() const { return memory_blocks_; }
  u32 processor_count() const { return processor_count_; }                          // any thread
  u32 processor_limit() const { return static_cast<u32>(all_processors_.size()); }  // numbers are below it
  u64 memory_end() const { return memory_end_; }                                    // of what its memory may grow to
  u32 slots_end() const;                                                            // the first that the profile does not allow
  // On the dispatcher, or before it has started. The block's content is there, or gone.
  void memory_block_is(u32 number, bool owned);
  void memory_block_appears(u32 number, bool there);
  emu::Status add_processor(u32 number);
  void remove_processor(u32 number);
  // What the hypervisor itself changes: shares of processors, and of a native partition everything.
  void capacity_is(const emu::Capacity&);

  // ---- running ----
  emu::Status boot(const std::string& image_file);  // loads image, initrd, tree; then starts the dispatcher
  void begin(const BootLayout&);                    // what was loaded: its first instruction
  // While its firmware has the machine, adapters are on their switches, and their interrupts come from wait_for_interrupts. False: it has
  // it already.
  bool enter_firmware();
  void leave_firmware();
  void start();         // the dispatcher thread; idempotent. A shell's waits, parked
  u64 used_ns() const;  // of the host's processors, by the virtual ones
  void stop();          // ends the dispatcher; blocks; idempotent; not from the dispatcher
  // Runs `work` on the dispatcher thread between two guest instructions, and waits for it. Runs it at once if called on that
  // thread, or if nothing is running.
  void on_dispatcher(const std::function<void()>& work);
  void flush_tlbs();  // on the dispatcher: after dirty or missing pages were reset

  // ---- code that runs often, for who translates ahead (cpu/code_notes.h) ----
  // Mover's thread. All processors, between two instructions.
  void note_code(bool on);
  void keep_noted_code();  // ends it; the next beginning tells first what was noted by now
  // What was noted and not told before. In order: page, mode, address.
  std::vector<cpu::HotCode> new_hot_code();

  // ---- the whole state (the memory and the page table go their own way) ----
  // Only when parked, or on the dispatcher. Loading: into a shell; after a failure the shell is useless and is dropped.
  void archive(emu::Archive&);

  // ---- moves ----
  void set_suspend_listener(SuspendListener* listener) { listener_ = listener; }  // null: nobody
  SuspendListener* suspend_listener() const { return listener_; }
  u64 stream() const { return stream_; }
  StreamState stream_state() const { return stream_state_; }
  StreamState set_stream(u64 stream, StreamState state);  // the state before. Any thread
  bool parked() const;
  // Ends the parking: `status` is what ibm,suspend-me returns. 0 on the destination, 9000 when aborted on the source.
  void resume(s32 rtas_status);

  // ---- time ----
  u64 time_base() const;  // 512 MHz, never backwards, not even by a move
  // Of it, on the dispatcher: while the processor ran on a real one; of a dedicated one, all.
  u64 utilization(const Processor&) const;
  u64 time_of_day() const;  // nanoseconds since 1970, as the guest has set it
  s64 time_difference() const { return time_difference_; }
  emu::Status set_time_of_day(u64 nanoseconds);

  // ---- for handlers ----
  bool interrupts_little_endian() const { return little_endian_interrupts_; }
  void set_interrupt_mode(bool little_endian, u32 ail);  // H_SET_MODE: all processors, also those started later
  u32 ail() const { return ail_; }
  void raise(u32 interrupt);  // an adapter's edge; any thread
  Dispatcher& dispatcher() { return *dispatcher_; }
  // A processor's first instruction: 64-bit, big-endian, MMU off, r3 as given.
  void start_processor(Processor&, u64 address, u64 r3);
  // ibm,suspend-me on this processor: queues get their event and are disabled, the stream is Suspended, everything parks. False, and
  // nothing has happened: the stream is not Suspending any more.
  bool suspend(Processor&, u64 answer_address);
  void tell_suspended();  // on the dispatcher, when the processor has left its hypercall
  // The address is RAM, or an attached window of a native partition.
  bool is_memory(u64 address, u64 length);
  const devices::Bsr* bsr() const { return bsr_.get(); }
  u64 memory_bytes() const { return memory_bytes_; }  // at its activation: in one piece
  u32 pvr() const { return pvr_; }
  RtasState& rtas() { return rtas_; }
  // The tree's nodes that the guest may be told about after a move, with the properties as they are here.
  bool tree_changed() const { return tree_changed_; }
  void power_off(bool restart);  // from the guest, on the dispatcher
  void fail(const std::string& refcode, const std::string& why);
  // On the first terminal; kept while suspended. False: the partition was handed over, and takes nothing here. Any thread.
  bool type(std::span<const u8> keys);
  // What was kept, for whoever will have the partition; nothing more is taken, until it resumes here after all.
  Bytes hand_over_input();

  // ---- native partitions, and firmware: the interrupts that came since the last call ----
  std::vector<u32> wait_for_interrupts(u64 timeout_ns);
  void wake();

 private:
  friend class Dispatcher;
  class Calls;  // the processors' view of us

  Partition(PartitionSetup, Frame&);
  emu::Status build();
  emu::Status build_memory();
  emu::Status build_processors();
  Adapter::Place place_of(const emu::VirtualAdapter&, u64 window_bytes);
  std::shared_ptr<Adapter> make_adapter(const emu::VirtualAdapter&);
  void connect_ethernet(bool on);

  PartitionSetup setup_;
  Frame& frame_;
  u64 memory_bytes_ = 0;
  u64 memory_end_ = 0;
  emu::NumberSet memory_blocks_;
  u32 pvr_ = 0;
  std::shared_ptr<emu::GuestMemory> memory_;
  std::unique_ptr<cpu::HashPageTable> page_table_;
  std::shared_ptr<Trace> trace_;  // null: nobody asked
  std::unique_ptr<Calls> calls_;
  // By number, as many as it may have; those that it has not, or not any more, are not `there`.
  std::vector<std::unique_ptr<Processor>> all_processors_;
  std::vector<Processor*> processors_;
  std::atomic<u32> processor_count_{0};
  std::unique_ptr<dlpar::Connectors> connectors_;
  std::unique_ptr<devices::InterruptController> interrupts_;
  devices::Nvram nvram_;
  std::unique_ptr<devices::Bsr> bsr_;
  std::shared_ptr<TerminalOutput> terminal_output_ = std::make_shared<TerminalOutput>();
  std::unique_ptr<Dispatcher> dispatcher_;

  mutable std::mutex adapters_mutex_;
  std::map<u32, std::shared_ptr<Adapter>> adapters_;  // by slot

  mutable std::mutex bridges_mutex_;
  std::map<u32, std::shared_ptr<devices::pci::HostBridge>> bridges_;  // by bus

  std::atomic<SuspendListener*> listener_{nullptr};
  std::atomic<u64> stream_{0};
  std::atomic<StreamState> stream_state_{StreamState::invalid};
  Processor* suspended_ = nullptr;  // the processor inside ibm,suspend-me
  bool suspended_untold_ = false;
  bool arrived_ = false;  // loaded from an archive, not resumed yet
  bool tree_changed_ = false;
  bool little_endian_interrupts_ = false;
  u32 ail_ = 0;
  RtasState rtas_;
  std::vector<cpu::HotCode> kept_code_;
  bool kept_code_told_ = false;

  std::atomic<u64> time_base_offset_{0};
  std::atomic<s64> time_difference_{0};  // of its time of day from the frame's real-time clock, in nanoseconds

  std::mutex input_mutex_;
  bool input_held_ = false;  // suspended: what is typed waits
  bool input_gone_ = false;  // handed over
  Bytes held_input_;

  std::mutex native_mutex_;
  std::condition_variable native_event_;
  std::vector<u32> native_pending_;
  bool native_woken_ = false;
  std::atomic<bool> in_firmware_{false};
};

}  // namespace firmware
