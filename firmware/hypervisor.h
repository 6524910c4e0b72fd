// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The hypervisor of one frame: its partitions, what they may have of the frame's memory and processors, and their moves.
// emu/frame's service processor drives it. All functions may be called from the service processor's thread(s); none blocks
// for long unless it says so. Errors carry an HSCL code where the HMC has one.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "devices/pci/medium.h"
#include "emu/core/change.h"
#include "emu/core/clock.h"
#include "emu/core/departed.h"
#include "emu/core/drifting_clock.h"
#include "emu/core/hold.h"
#include "emu/core/lab.h"
#include "emu/core/on_demand.h"
#include "emu/core/partition_profile.h"
#include "emu/core/processor_pool.h"
#include "emu/core/result.h"
#include "emu/core/segment_exchange.h"
#include "emu/core/service_state.h"
#include "emu/core/system_power.h"
#include "emu/core/system_profile.h"
#include "firmware/console_lock.h"
#include "firmware/journal.h"
#include "firmware/life.h"
#include "firmware/move/progress.h"
#include "firmware/native_partition.h"
#include "firmware/open_firmware.h"
#include "firmware/reference_codes.h"
#include "firmware/witness.h"

namespace firmware {

struct LparStatus {
  emu::LparDefinition definition;
  LparState state = LparState::not_activated;
  bool has_resources = false;  // memory and processors of this system: those of definition.current
  std::vector<emu::VirtualAdapter> adapters;
  RefCodeEntry refcode;
  u64 migration_stream = 0;
  bool migration_target = false;
  std::string lock_holder;
  u64 life = 0;         // when it was activated here
  u64 used_ns = 0;      // of the host's processors, by its virtual ones, since then
  std::string trouble;  // why its latest activation failed, or why it is in state "Error"
};

struct SystemStatus {
  u64 installed_mem_mb = 0;
  u64 available_mem_mb = 0;
  u64 promised_mem_mb = 0;   // by dynamic operations, and not taken yet
  u64 returning_mem_mb = 0;  // asked back by them, and not given yet
  u32 promised_proc_units = 0;
  u32 returning_proc_units = 0;
  u64 firmware_mem_mb = 0;
  u32 available_proc_units = 0;
  u32 virtual_procs = 0;  // that partitions have
  u32 huge_pages = 0;     // the pool
  u32 available_huge_pages = 0;
  u32 lmb_mb = 0;
  u32 pending_lmb_mb = 0;        // from the next power-on
  bool automatic_lmb = false;    // which is that of its memory
  u32 requested_huge_pages = 0;  // the pool of the next start
  emu::OnDemandState on_demand_processors;
  emu::OnDemandState on_demand_memory;
  u32 active_migrations = 0;
  u32 inactive_migrations = 0;
  u32 service_lpar_id = 0;  // 0: there is none
  std::string service_lpar_name;
  emu::SystemPower power = emu::SystemPower::operating;
  bool maintenance = false;
  emu::DriftingClock time_of_day;
  std::vector<emu::ProcessorPool> processor_pools;  // the unusual ones
  std::vector<emu::HostEthernet> heas;
  KeptLock lock;
};

inline constexpr const char* slot_taken_code = "slot-taken";

class Hypervisor {
 public:
  // Reads the journal: partitions that it knows are defined again, stopped. The lab file's are defined once in the life of a
  // lab. An error, and nothing was changed, if the journal and the witness contradict each other (firmware/agreement.h). All
  // that is given must outlive it.
  static emu::Result<std::unique_ptr<Hypervisor>> create(const emu::FrameConfig&, Journal&, Witness&, const emu::Clock&);
  virtual ~Hypervisor() = default;

  // ---- inventory ----
  virtual SystemStatus system() const = 0;
  virtual std::vector<LparStatus> lpars() const = 0;
  virtual emu::Changes changes(u64 life, u64 after, u64 patience) const = 0;     // Changes::since
  virtual void end_waits() = 0;                                                  // Changes::end_waits
  virtual std::vector<RefCodeEntry> refcodes(u32 lpar_id, u32 count) const = 0;  // newest first
  virtual void show_refcode(u32 lpar_id, const std::string& refcode, const std::string& word2 = "") = 0;
  // After those of a move: the latest of the partition's own, unless it is the latest of all.
  virtual void show_own_refcode(u32 lpar_id) = 0;

  // ---- configuration and power ----
  virtual emu::Status define(const emu::LparDefinition&) = 0;
  virtual emu::Status remove(u32 lpar_id) = 0;
  virtual emu::Status write_profile(u32 lpar_id, const emu::Profile&) = 0;
  virtual emu::Status remove_profile(u32 lpar_id, const std::string& name) = 0;
  // The pool of huge pages that the system has when it starts again.
  virtual emu::Status request_huge_pages(u32 pages) = 0;
  // The size of logical memory blocks from the next power-on; 0: that of a system of its memory.
  virtual emu::Status request_block_size(u32 mb) = 0;
  // Activates inactive processors, or MiB, until a time (nanoseconds since 1970), instead of what was activated before; 0: no more. What
  // partitions have of it then stays theirs until they give it back.
  virtual emu::Status activate_on_demand(emu::OnDemandKind, u64 quantity, u64 until) = 0;
  // In the place of the one with its number. HSCLF0C2, HSCLF0C3, HSCLF0C4, HSCL03ED.
  virtual emu::Status change_processor_pool(const emu::ProcessorPool&) = 0;
  // What can be set of the one with its ID. HSCLF080, HSCLF086 - HSCLF088.
  virtual emu::Status change_host_ethernet(const emu::HostEthernet&) = 0;
  // Of a partition that runs. HSCLF080 - HSCLF085.
  virtual emu::Status set_logical_ports(u32 lpar_id, const std::vector<std::string>&) = 0;
  // What consoles keep here. It is changed from what it was; code "changed-meanwhile": it is something else by now.
  virtual emu::Status set_maintenance(bool on) = 0;
  virtual emu::DepartedList departed() const = 0;
  virtual emu::ServiceState service_state() const = 0;
  virtual emu::Status set_service_state(const emu::ServiceState& before, const emu::ServiceState& after) = 0;
  // A dynamic operation on a partition that runs, before it is carried out: an error says why it cannot be. The adapter, with what was
  // left out.
  virtual emu::Result<emu::VirtualAdapter> may_add_adapter(u32 lpar_id, const emu::VirtualAdapter&) const = 0;
  virtual emu::Status may_remove_adapter(u32 lpar_id, u32 slot) const = 0;
  // The same for a guest, and carried out: into the slot that it names, where it waits until the operating system takes it; out of its
  // slot, if the operating system has not taken it or has given it back (else code slot_taken_code).
  virtual emu::Result<emu::VirtualAdapter> add_adapter(u32 lpar_id, const emu::VirtualAdapter&) = 0;
  virtual emu::Status remove_adapter(u32 lpar_id, u32 slot) = 0;
  // Which packets pass a virtual Ethernet adapter of a partition that runs, from now on.
  virtual emu::Status set_ethernet(u32 lpar_id, const emu::EthernetMembership&) = 0;
  // How much memory and how many processors a partition that runs is to have (desired_mem, desired_procs; of shared processors units,
  // mode, weight and pool, too): pending until its operating system has taken them or given them back. What is current now, with what is pending.
  virtual emu::Result<emu::Current> change_capacity(u32 lpar_id, const emu::Capacity& wanted) = 0;
  // What is current of memory, or of processors, is pending: what was not done yet will not be done.
  virtual emu::Result<emu::Current> settle_capacity(u32 lpar_id, bool memory, bool processors) = 0;
  // A physical slot, as an adapter: add_adapter, remove_adapter. A Virtual I/O Server has it at once, and gives it back at once.
  virtual emu::Status add_slot(u32 lpar_id, u32 drc_index) = 0;
  virtual emu::Status remove_slot(u32 lpar_id, u32 drc_index) = 0;
  // What opens disks and cables of physical adapters. Until it is set, none can be opened.
  virtual void open_media(std::function<emu::Result<devices::pci::Medium>(const emu::PhysicalSlot&)>) = 0;
  virtual emu::SystemProfiles system_profiles() const = 0;
  // In the place of the one that is named, or new.
  virtual emu::Status write_system_profile(const emu::SystemProfile&, const std::string& replaces) = 0;
  virtual emu::Status remove_system_profile(const std::string& name) = 0;
  // `profile` becomes what is current. Empty: what is current stays so, as when a guest restarts.
  virtual emu::Status activate(u32 lpar_id, const std::string& profile, std::optional<emu::BootMode> boot_mode) = 0;
  // Activated by its system that comes on, with the profile that comes next: whether it does so is the partition's, and stays so, whatever
  // that profile says.
  virtual emu::Status start_with_system(u32 lpar_id) = 0;
  virtual emu::Status power_off(u32 lpar_id, bool restart) = 0;
  // The firmware of a partition that waits at its prompt. An error: it does not, or somebody has it already.
  virtual emu::Result<std::unique_ptr<OpenFirmware>> open_firmware(u32 lpar_id) = 0;
  // Of the system itself. Off: all its partitions lose theirs, unless one of them migrates. On: none is activated.
  virtual emu::Status set_power(emu::SystemPower) = 0;
  // With all power that it ever had, before anything runs: what waits for a power-on is taken.
  virtual emu::Status begin_anew() = 0;
  // Which console has the system for itself: firmware/console_lock.h.
  virtual emu::Result<u64> lock_system(const std::string& holder, bool force) = 0;
  virtual emu::Status unlock_system(u64 epoch, bool force) = 0;
  virtual emu::Status admits(u64 epoch) const = 0;
  virtual emu::Status lock(u32 lpar_id, const std::string& holder, bool on) = 0;
  // What a move needs of the Virtual I/O Servers, until the stream is forgotten, or this is said with an empty list. Nobody may
  // change or power off such a server; what else it may not do, it asks for itself (NativePartition::holds).
  virtual emu::Status hold(u64 stream, const std::vector<emu::Hold>&) = 0;

  // ---- console ----
  virtual emu::Status console_input(u32 lpar_id, std::span<const u8> input) = 0;
  // Output since activation (kept up to 1 MiB, older bytes are dropped; across a move it goes on): from `offset`; returns the new
  // offset.
  virtual emu::Result<u64> console_output(u32 lpar_id, u64 offset, Bytes& to) const = 0;

  // ---- native partitions ----
  // A VIOS that was activated; its thread is run by emu/frame. Null if it is not running.
  virtual NativePartition* native(u32 lpar_id) = 0;
  // Called (from any thread) when a native partition was activated or stopped. An error, code "odm" or another: its program cannot
  // start; the partition is in state "Error" then.
  virtual void on_native_change(std::function<emu::Status(u32 lpar_id, bool running)>) = 0;

  // Asked (from any thread) when everything is ready for a hand-over, while the partition is suspended or off: an error rolls back.
  virtual void before_hand_over(std::function<emu::Status(u32 lpar_id)>) = 0;

  // ---- moves: firmware/move ----
  // The definition must have what is current.
  virtual emu::Result<u32> create_shell(u64 stream, const emu::LparDefinition&, bool active, const std::string& other_system) = 0;
  virtual emu::Status remove_shell(u64 stream) = 0;
  // Makes the stream known, in state Enabled: from now on the mover (vasi of partition `msp_id`) may open it. `place`: where the
  // two sides hand over the partition's memory; null: all of its pages go over the movers' link.
  virtual emu::Status enable_stream(u64 stream, u32 lpar_id, bool source, u32 msp_id, const std::string& other_system,
                                    const emu::SegmentPlace* place) = 0;
  virtual emu::Status close_stream(u64 stream) = 0;
  virtual emu::Status begin_passes(u64 stream, const move::Limits&) = 0;
  virtual emu::Status stop_stream(u64 stream) = 0;
  virtual emu::Result<move::Progress> progress(u64 stream) const = 0;
  virtual emu::Result<move::MemoryMap> memory_map(u64 stream) const = 0;
  virtual std::vector<StreamRecord> verdicts() const = 0;  // the journal's, all that are not finished
  // The witness's. None: no partition's latest move is this one; it never began, or its partition has outlived it.
  virtual std::optional<HandOver> fate(u64 stream) const = 0;
  // Back to the source, which has the partition still or again. Refused once the destination has started it.
  virtual emu::Status roll_back_source(u64 stream) = 0;
  virtual emu::Status finish_source(u64 stream) = 0;
  virtual emu::Status finish_target(u64 stream, bool state_lost) = 0;
  virtual emu::Status hand_over_inactive(u64 stream, u32 lpar_id, const std::string& other_system) = 0;
  // The other end of it: the shell is this system's partition from now on.
  virtual emu::Status adopt_inactive(u64 stream) = 0;
  virtual emu::Status mark_migrating(u64 stream, u32 lpar_id, bool active, bool migrating, const std::string& other_system) = 0;
  // A fault: how fast destinations take pages out of the source's memory. 0: no limit.
  virtual void limit_pages(u64 bytes_per_second) = 0;
  // Inactive moves: what a partition left in its NVRAM; and into a shell that gets no other state.
  virtual emu::Result<Bytes> nvram(u32 lpar_id) const = 0;
  virtual emu::Status put_nvram(u32 lpar_id, const Bytes& content) = 0;
  // The same of its clock: how far it is ahead of its system's, in nanoseconds.
  virtual emu::Result<s64> clock_ahead(u32 lpar_id) const = 0;
  virtual emu::Status put_clock_ahead(u32 lpar_id, s64 ahead) = 0;

  // ---- watching ----
  // The partition's memory for a sampler thread; null if it has none. Kept alive by the shared pointer.
  virtual std::shared_ptr<emu::GuestMemory> memory(u32 lpar_id) = 0;
  virtual emu::Status reserve_memory(u64 mb) = 0;  // fault injection: takes memory away from the frame (0 gives it back)

  // Powers everything off. Blocks until all dispatchers have ended.
  virtual void shut_down() = 0;
};

}  // namespace firmware
