// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The service link: what the HMC, the console and other programs ask of a frame's service processor. One request, one
// reply, in order, over a Channel to `<runtime>/<frame>.service`. A request is a struct; `Request::Reply` is what comes back.
//
//   auto system = TRY(ask(channel, DescribeSystem{}));
//
// Sizes are MiB where the name says _mb, else bytes; times are nanoseconds of the host's monotonic clock; processor units
// are hundredths. Every request can also be answered by an Error (code and sentence). All of it is hostile input to the frame.

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "emu/core/archive.h"
#include "emu/core/hold.h"
#include "emu/core/partition_profile.h"
#include "emu/link/channel.h"

namespace emu::service {

// Requests without content, and replies that only say "done".
struct Empty {
  bool operator==(const Empty&) const = default;
};

// ---- inventory ----

struct SystemInfo {
  std::string name;
  std::string type_model;  // 9117-MMA
  std::string serial_num;
  std::string state;  // Operating, Initializing ...
  u64 installed_mem_mb = 0;
  u64 available_mem_mb = 0;  // not promised to any partition or to the hypervisor
  u64 firmware_mem_mb = 0;   // the partitions' page tables
  u32 lmb_mb = 0;            // mem_region_size
  u32 processors = 0;
  u32 available_proc_units = 0;
  u32 max_lpars = 0;
  bool active_lpar_mobility_capable = false;
  bool inactive_lpar_mobility_capable = false;
  u32 num_active_migrations_supported = 0;
  u32 num_active_migrations_in_progress = 0;
  u32 num_inactive_migrations_supported = 0;
  u32 num_inactive_migrations_in_progress = 0;
  bool on_battery = false;
  std::vector<std::string> compat_modes;       // lpar_proc_compat_modes
  std::string engine;                          // what executes the partitions' code: a library and its version
  std::vector<std::string> engine_taken_over;  // of its inside; docs/decisions/0003-unicorn-from-the-inside.md
  std::vector<std::string> engine_left_alone;
};

struct RefCode {
  u64 wall = 0;         // nanoseconds since 1970
  std::string refcode;  // 8 characters, or what the partition's OS shows
  std::string word2;
};

struct LparInfo {
  LparDefinition definition;
  std::string state;           // Not Activated, Running, Starting, Shutting Down, Not Available, Error, Open Firmware
  bool has_resources = false;  // memory and processors of the frame: those of definition.current
  std::vector<VirtualAdapter>
      adapters;                   // that are plugged, with their partners; of a partition that is off those it had or will have
  RefCode refcode;                // the latest
  std::string vterm_holder;       // not empty while a virtual terminal is open
  u64 migration_stream = 0;       // not 0 while the partition takes part in a migration, or needs recovery of one
  bool migration_target = false;  // it is the shell on the destination
  bool config_locked = false;
  u64 life = 0;         // when it was activated here; 0: it was not, or came by a move, in the middle of its life
  std::string trouble;  // why it is in state Error, if that is known
};

struct DescribeSystem {
  using Reply = SystemInfo;
};
struct Lpars {
  std::vector<LparInfo> lpars;
};
struct ListLpars {
  using Reply = Lpars;
};
struct RefCodes {
  std::vector<RefCode> codes;
};  // newest first
struct ListRefCodes {
  using Reply = RefCodes;
  u32 lpar_id = 0;
  u32 count = 1;
};  // lpar_id 0: the system's own

// ---- configuration and power ----

struct DefineLpar {
  using Reply = Empty;
  LparDefinition definition;
};  // new, or replaces the definition of a stopped one
struct RemoveLpar {
  using Reply = Empty;
  u32 lpar_id = 0;
};
struct WriteProfile {
  using Reply = Empty;
  u32 lpar_id = 0;
  Profile profile;
};  // new or replaced
struct RemoveProfile {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string name;
};
struct ActivateLpar {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string profile;
  std::string boot_mode;
};
enum class PowerOff : u8 { immediate = 1, restart };
struct PowerOffLpar {
  using Reply = Empty;
  u32 lpar_id = 0;
  PowerOff how = PowerOff::immediate;
};
// Inhibits changes (power, profiles, adapters) of one partition, or of the system's list of partitions (lpar_id 0), by
// anybody but the holder. Idempotent for the same holder. `stream` 0 unlocks nothing but its own.
struct LockConfiguration {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string holder;
  bool lock = true;
};

// What a move needs of the frame's Virtual I/O Servers: until its stream is forgotten here, or it is said again with an empty list,
// commands that would take it away are refused. Refused itself if a server does not run, or is no mover any more.
struct HoldForMove {
  using Reply = Empty;
  u64 stream = 0;
  std::vector<Hold> holds;
};

// ---- virtual terminals ----

struct VtermToken {
  u64 token = 0;
  bool taken = false;
};  // taken: somebody else has it
struct OpenVterm {
  using Reply = VtermToken;
  u32 lpar_id = 0;
  std::string holder;
};
struct VtermOutput {
  Bytes output;
  bool closed = false;  // and the input was not taken
  std::string reason;
};
struct ExchangeVterm {
  using Reply = VtermOutput;
  u64 token = 0;
  Bytes input;
};  // polls; input may be empty
struct CloseVterm {
  using Reply = Empty;
  u32 lpar_id = 0;
  u64 token = 0;
};  // token 0: whoever holds it (rmvterm)
// Reading along without holding the terminal: the whole output since the partition was activated, from `offset` on.
struct ConsoleLog {
  u64 next_offset = 0;
  Bytes output;
};
struct ReadConsoleLog {
  using Reply = ConsoleLog;
  u32 lpar_id = 0;
  u64 offset = 0;
};

// ---- the VIOS ----

struct ViosOutput {
  int exit_code = 0;
  std::string output;
};
struct RunViosCommand {
  using Reply = ViosOutput;
  u32 lpar_id = 0;
  std::string command;
};  // as padmin types it

struct ViosDisk {
  std::string name;  // hdisk1
  std::string pvid;
  std::string udid;
  u64 size_mb = 0;
  bool on_san = false;         // false: internal, cannot be seen elsewhere
  std::string reserve_policy;  // no_reserve or single_path
  std::string reserved_by;     // who holds a SCSI reservation, or has registered a key ("frame/vios"), empty if nobody
  bool exported = false;       // backs a virtual target device here
};
struct ViosTarget {
  std::string vtd;
  u64 lun = 0;          // 0x8100000000000000
  std::string backing;  // a disk's name, or a logical volume's
  std::string udid;     // of the backing disk; empty for a logical volume
};
struct ViosHost {    // a virtual SCSI server adapter
  std::string name;  // vhost0
  u32 slot = 0;
  u32 client_id = 0;
  u32 client_slot = 0;
  std::vector<ViosTarget> targets;
};
struct ViosBridge {  // a shared Ethernet adapter
  std::string name;  // ent5
  std::string segment;
  std::vector<u16> vlans;
  bool link_up = false;
};
// What a mover service partition can carry at once. (Redbook 2.2)
inline constexpr u32 migrations_per_mover = 4;
struct ViosInfo {
  std::string ioslevel;
  std::vector<ViosDisk> disks;
  std::vector<ViosHost> hosts;
  std::vector<ViosBridge> bridges;
  u32 vasi_slot = 0;  // 0: no VASI device
  u32 active_migrations = 0;
  u32 max_migrations = migrations_per_mover;
  u32 free_slots = 0;
};
struct DescribeVios {
  using Reply = ViosInfo;
  u32 lpar_id = 0;
};
// Creates a virtual SCSI server adapter for a client's adapter, with a virtual target device for each LUN, and says which
// slot it took. Idempotent: asked again for the same client and slot, it answers the same.
struct ViosSlot {
  u32 slot = 0;
};
struct AddViosMapping {
  using Reply = ViosSlot;
  u32 lpar_id = 0;
  u32 client_id = 0;
  std::string client_name;
  u32 client_slot = 0;
  std::vector<ViosTarget> targets;  // by udid; vtd names and LUNs are kept where free
  u64 stream = 0;                   // the migration that it belongs to
};
struct RemoveViosMapping {
  using Reply = Empty;
  u32 lpar_id = 0;
  u32 client_id = 0;
  u32 client_slot = 0;
};

// ---- a move ----

enum class Role : u8 { source = 1, target };

// Step 3 of a move: a partition that holds memory, processors and slots, and waits for its state. The definition's
// partition id is a wish; 0 or one that is taken: any free one. Inactive moves: reserve no memory (`active` false).
struct ShellCreated {
  u32 lpar_id = 0;
};
struct CreateShell {
  using Reply = ShellCreated;
  u64 stream = 0;
  LparDefinition definition;  // what is current there becomes current on the destination
  bool active = true;
  std::string other_system;  // MTMS of the source, for recovery
};
struct RemoveShell {
  using Reply = Empty;
  u64 stream = 0;
};

// Step 4: the VASI stream between the partition and a mover, and the mover link between the two movers. The target's mover
// creates `<runtime>/<link>`, the source's connects. Idempotent.
struct OpenStream {
  using Reply = Empty;
  u64 stream = 0;
  u32 lpar_id = 0;
  Role role = Role::source;
  u32 msp_id = 0;
  std::string link;
  std::string other_system;
};
struct CloseStream {
  using Reply = Empty;
  u64 stream = 0;
};  // undo of step 4, and the end of step 12

// Steps 7 - 12 run by themselves once begun; the source's hypervisor decides when to suspend.
struct BeginPasses {
  using Reply = Empty;
  u64 stream = 0;
};
// Before Suspended only; afterwards refused with HSCL code.
struct StopStream {
  using Reply = Empty;
  u64 stream = 0;
};

enum class Phase : u8 {
  none = 0,
  opened,
  passes,
  suspending,
  suspended,
  verifying,
  handed_over,
  resumed,
  completed,
  aborted,
  failed
};
struct PassInfo {
  u64 pages = 0;
  u64 zero_pages = 0;
  u64 bytes = 0;
  u64 nanoseconds = 0;
  u64 dirty_after = 0;
};
struct StreamInfo {
  u64 stream = 0;
  u32 lpar_id = 0;
  Role role = Role::source;
  Phase phase = Phase::none;
  u32 percent = 0;  // of the memory's transfer
  u64 bytes_total = 0;
  u64 bytes_sent = 0;
  u64 bytes_remaining = 0;
  std::vector<PassInfo> passes;
  u64 residual_pages = 0;  // not on the destination when the partition was resumed
  u64 demand_paged = 0;    // of these, fetched because the partition wanted them
  u64 demand_p50_ns = 0;
  u64 demand_p99_ns = 0;
  u64 suspended_at = 0;    // end of step 8 (source)
  u64 handed_over_at = 0;  // step 10 (source)
  u64 resumed_at = 0;      // first instruction on the destination (target)
  u64 completed_at = 0;
  std::string error_code;  // why aborted or failed
  std::string error_text;
};
struct QueryStream {
  using Reply = StreamInfo;
  u64 stream = 0;
};

// What a frame's journal says about a stream; survives the frame's death. For recovery.
enum class Verdict : u8 {
  unknown = 1,  // never heard of it, or forgotten after its end
  mine,         // source: the partition is defined here, and takes part. Target: a shell that waits for its state
  handed_over,  // source: the partition was handed over, or has been started by the destination
  adopted,      // target: the partition runs (or ran) here
  finished
};
// What the lab's witness says about the partition of a stream: it decides, whatever the journals say. (firmware/witness.h)
enum class Fate : u8 {
  none = 1,     // no partition's latest migration is this one: it never began, or its partition has outlived it
  source,       // the source has the partition
  handed_over,  // the source may have it back, or the destination may start it; who is first has it
  started       // the destination has it
};
struct StreamVerdict {
  Verdict verdict = Verdict::unknown;
  u32 lpar_id = 0;
  Role role = Role::source;
  std::string other_system;
  bool active = true;
  Phase phase = Phase::none;  // what still goes on in this process; none after a restart
  Fate fate = Fate::none;
};
struct QueryVerdict {
  using Reply = StreamVerdict;
  u64 stream = 0;
};
struct Verdicts {
  std::map<u64, StreamVerdict> streams;
};
struct ListVerdicts {
  using Reply = Verdicts;
};  // all that are not finished

// Source, recovery or step 13: rolls back to the source (refused once the destination has started it), or forgets the partition.
struct RollBackSource {
  using Reply = Empty;
  u64 stream = 0;
};
struct FinishSource {
  using Reply = Empty;
  u64 stream = 0;
};  // deletes the partition here; refused before the destination has started it
// Target: the partition is ours. With `state_lost` (the source died before all pages came) it is powered off.
struct FinishTarget {
  using Reply = Empty;
  u64 stream = 0;
  bool state_lost = false;
};
// Inactive: hands the partition over, as a stream does when it is active.
struct HandOverInactive {
  using Reply = Empty;
  u64 stream = 0;
  u32 lpar_id = 0;
  std::string other_system;
};
// Inactive, destination: the shell is this system's partition from now on. Refused before the hand-over.
struct AdoptInactive {
  using Reply = Empty;
  u64 stream = 0;
};
// Takes the partition into a migration (state Migrating, reference code), or out of it.
struct MarkMigrating {
  using Reply = Empty;
  u64 stream = 0;
  u32 lpar_id = 0;
  bool active = true;
  bool migrating = true;
  std::string other_system;
};
// Inactive: what the partition's non-volatile memory holds. An active partition's comes with its state.
struct Nvram {
  Bytes content;  // empty: nothing was ever written
};
struct ReadNvram {
  using Reply = Nvram;
  u32 lpar_id = 0;
};
struct WriteNvram {  // of a shell that has no state to come
  using Reply = Empty;
  u32 lpar_id = 0;
  Bytes content;
};
// The latest reference code of a partition, as the firmware shows it during a move (Redbook appendix B).
struct ShowRefCode {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string refcode;  // of a move; empty: none
  bool own = false;     // and then the latest that the partition itself has come to
};

// ---- watching from outside ----

// A host thread samples the 8-byte big-endian counter at a partition's real address about every 50 us, without touching
// the partition. Asked again with another address it starts anew; address ~0 stops it.
struct Watched {
  u64 value = 0;
  u64 last_change_at = 0;
  u64 longest_gap_ns = 0;  // between two changes, since the watch began (or `reset`)
  u64 above_at = 0;        // when the counter was first seen above `above`; 0 if not yet
};
struct WatchCounter {
  using Reply = Watched;
  u32 lpar_id = 0;
  u64 address = 0;
  u64 above = ~u64{0};
  bool reset = false;
};

// ---- for pictures: sampled, and never waited for by a partition ----

// Which pages of a partition's memory a stream has dealt with, one cell for each group of `pages_per_cell` pages, in the
// order of their addresses. A byte of a cell is the part of its pages in 255ths, rounded up. What is in none of the four was
// never sent, or never came. Still there when the stream has ended, like its StreamInfo.
struct MemoryMap {
  u64 pages = 0;
  u32 pages_per_cell = 0;
  Bytes content;   // sent, or arrived, with content
  Bytes zero;      // the same as an empty page
  Bytes stale;     // source: written since it was sent. Target: still missing, and the partition runs already
  Bytes demanded;  // target: fetched because the partition wanted it
};
struct QueryMemoryMap {
  using Reply = MemoryMap;
  u64 stream = 0;
};

// An 8-byte big-endian counter in a partition's memory, sampled every `interval_ns` (at least 50 us) by a host thread that
// stops by itself when nobody has read for two seconds. The answer begins at `since` or when the sampling began, if that is
// later; a byte is the number of changes seen in `bin_ns`, 255 if more.
struct Heartbeat {
  u64 value = 0;
  u64 first_at = 0;  // a multiple of bin_ns
  u64 bin_ns = 0;
  Bytes changes;
};
struct ReadHeartbeat {
  using Reply = Heartbeat;
  u32 lpar_id = 0;
  u64 address = 0;
  u64 interval_ns = 0;
  u64 since = 0;
  u64 bin_ns = 0;
};

// Commands that the Virtual I/O Servers of a frame have carried out for each client partition since they run.
struct DiskActivity {
  std::map<u32, u64> commands;  // by the client's lpar_id
};
struct ReadDiskActivity {
  using Reply = DiskActivity;
};

// ---- faults, for scenarios ----

// `what`: cut-mover-link, restore-mover-link, unplug-network, plug-network, fill-memory, free-memory, die-at:<phase>, stop-at:<phase>,
// slow-mover:<bytes per second>, slow-pages:<bytes per second>
struct InjectFault {
  using Reply = Empty;
  std::string what;
  u32 lpar_id = 0;
};

struct Shutdown {
  using Reply = Empty;
};  // orderly end of the process: partitions are powered off

// The one list of requests: dispatch, tests and the documentation are made of it. The number on the wire is the position
// counted from 1; append only.
using Request =
    std::variant<DescribeSystem, ListLpars, ListRefCodes, DefineLpar, RemoveLpar, WriteProfile, RemoveProfile, ActivateLpar,
                 PowerOffLpar, LockConfiguration, OpenVterm, ExchangeVterm, CloseVterm, ReadConsoleLog, RunViosCommand,
                 DescribeVios, AddViosMapping, RemoveViosMapping, CreateShell, RemoveShell, OpenStream, CloseStream, BeginPasses,
                 StopStream, QueryStream, QueryVerdict, ListVerdicts, RollBackSource, FinishSource, FinishTarget,
                 HandOverInactive, MarkMigrating, ShowRefCode, WatchCounter, InjectFault, Shutdown, ReadNvram, WriteNvram,
                 QueryMemoryMap, ReadHeartbeat, ReadDiskActivity, AdoptInactive, HoldForMove>;

// ---- on the wire ----
// A header of 8 bytes (message number, version, length of the body; big-endian), then the body as an archive. A reply has
// the number of its request with the top bit set; an Error answers with number 0xFFFF.

void archive(Archive&, Empty&);
void archive(Archive&, SystemInfo&);
void archive(Archive&, RefCode&);
void archive(Archive&, LparInfo&);
void archive(Archive&, DescribeSystem&);
void archive(Archive&, Lpars&);
void archive(Archive&, ListLpars&);
void archive(Archive&, RefCodes&);
void archive(Archive&, ListRefCodes&);
void archive(Archive&, DefineLpar&);
void archive(Archive&, RemoveLpar&);
void archive(Archive&, WriteProfile&);
void archive(Archive&, RemoveProfile&);
void archive(Archive&, ActivateLpar&);
void archive(Archive&, PowerOffLpar&);
void archive(Archive&, LockConfiguration&);
void archive(Archive&, HoldForMove&);
void archive(Archive&, VtermToken&);
void archive(Archive&, OpenVterm&);
void archive(Archive&, VtermOutput&);
void archive(Archive&, ExchangeVterm&);
void archive(Archive&, CloseVterm&);
void archive(Archive&, ConsoleLog&);
void archive(Archive&, ReadConsoleLog&);
void archive(Archive&, ViosOutput&);
void archive(Archive&, RunViosCommand&);
void archive(Archive&, ViosDisk&);
void archive(Archive&, ViosTarget&);
void archive(Archive&, ViosHost&);
void archive(Archive&, ViosBridge&);
void archive(Archive&, ViosInfo&);
void archive(Archive&, DescribeVios&);
void archive(Archive&, ViosSlot&);
void archive(Archive&, AddViosMapping&);
void archive(Archive&, RemoveViosMapping&);
void archive(Archive&, ShellCreated&);
void archive(Archive&, CreateShell&);
void archive(Archive&, RemoveShell&);
void archive(Archive&, OpenStream&);
void archive(Archive&, CloseStream&);
void archive(Archive&, BeginPasses&);
void archive(Archive&, StopStream&);
void archive(Archive&, PassInfo&);
void archive(Archive&, StreamInfo&);
void archive(Archive&, QueryStream&);
void archive(Archive&, StreamVerdict&);
void archive(Archive&, QueryVerdict&);
void archive(Archive&, Verdicts&);
void archive(Archive&, ListVerdicts&);
void archive(Archive&, RollBackSource&);
void archive(Archive&, FinishSource&);
void archive(Archive&, FinishTarget&);
void archive(Archive&, HandOverInactive&);
void archive(Archive&, AdoptInactive&);
void archive(Archive&, MarkMigrating&);
void archive(Archive&, Nvram&);
void archive(Archive&, ReadNvram&);
void archive(Archive&, WriteNvram&);
void archive(Archive&, ShowRefCode&);
void archive(Archive&, Watched&);
void archive(Archive&, WatchCounter&);
void archive(Archive&, InjectFault&);
void archive(Archive&, Shutdown&);
void archive(Archive&, MemoryMap&);
void archive(Archive&, QueryMemoryMap&);
void archive(Archive&, Heartbeat&);
void archive(Archive&, ReadHeartbeat&);
void archive(Archive&, DiskActivity&);
void archive(Archive&, ReadDiskActivity&);

inline constexpr u64 default_timeout = 30'000'000'000;  // some requests power partitions off, or fault memory in

// The position of a request in the list, counted from 1: its number on the wire.
template <class R, class List = Request>
inline constexpr u16 number_of = 0;
template <class R, class... Rest>
inline constexpr u16 number_of<R, std::variant<R, Rest...>> = 1;
template <class R, class First, class... Rest>
inline constexpr u16 number_of<R, std::variant<First, Rest...>> = number_of<R, std::variant<Rest...>> + 1;

Bytes encode(const Request&);
Result<Request> decode(std::span<const u8> message);

Bytes encode_reply(u16 number, const Bytes& body);
Bytes encode_error(const Error&);
Result<Bytes> decode_reply(u16 number, std::span<const u8> message);  // the body, or the error that was sent

// Sends a request and waits for its reply. An Error of the frame and one of the link ("timeout", "closed") look alike;
// after one of the link the channel is of no use any more, because replies are matched by order.
Result<Bytes> exchange(Channel&, const Request&, u16 number, u64 timeout);
template <class R>
Result<typename R::Reply> ask(Channel& channel, const R& request, u64 timeout = default_timeout) {
  const Bytes body = TRY(exchange(channel, Request(request), number_of<R>, timeout));
  return from_bytes<typename R::Reply>(body);
}

// The frame's side: waits for one request, answers it with what `answer(const R&) -> Result<R::Reply>` says. A message
// that is no request is answered with an Error. "timeout": nobody asked; "closed": nobody will.
template <class Answer>
Status serve(Channel& channel, u64 timeout, Answer&& answer) {
  const Bytes message = TRY(channel.receive(timeout));
  const Result<Request> request = decode(message);
  if (!request) return channel.send(encode_error(request.error()));
  return channel.send(std::visit(
      [&]<class R>(const R& asked) {
        const Result<typename R::Reply> reply = answer(asked);
        return reply ? encode_reply(number_of<R>, to_bytes(*reply)) : encode_error(reply.error());
      },
      *request));
}

}  // namespace emu::service
