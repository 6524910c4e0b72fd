// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The steps of a move on each side, and what a recovery asks.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/partition_profile.h"
#include "emu/link/service/empty.h"

namespace emu::service {

// The format of a stream: it grows with each change of a section's version (tests/unit/firmware/mobility.tests.cpp). 1 is that of
// version 0.2.0.
inline constexpr u32 stream_format = 2;

enum class Role : u8 { source = 1, target };
constexpr std::pair<Role, Role> range_of(Role) { return {Role::source, Role::target}; }

// Step 3 of a move: a partition that holds memory, processors and slots, and waits for its state. The definition's
// partition id is a wish; 0 or one that is taken: any free one. Inactive moves: reserve no memory (`active` false).
struct ShellCreated {
  u32 lpar_id = 0;
  FIELDS(ShellCreated, lpar_id)
};
struct CreateShell {
  using Reply = ShellCreated;
  u64 stream = 0;
  LparDefinition definition;  // what is current there becomes current on the destination
  bool active = true;
  std::string other_system;  // MTMS of the source, for recovery
  FIELDS(CreateShell, stream, definition, active, other_system)
};
struct RemoveShell {
  using Reply = Empty;
  u64 stream = 0;
  FIELDS(RemoveShell, stream)
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
  std::string
      peer_address;  // of the other mover: as long as it does not answer on the network, nothing passes. Empty: nobody looks
  std::string own_address;  // of this mover, from which it looks; empty: from any
  FIELDS(OpenStream, stream, lpar_id, role, msp_id, link, other_system, peer_address, own_address)
};
// Whether a Virtual I/O Server reaches another one's address on its network, now.
struct PathProbed {
  bool reached = false;
  FIELDS(PathProbed, reached)
};
struct ProbePath {
  using Reply = PathProbed;
  u32 lpar_id = 0;
  std::string address;
  std::string own_address;  // from which it asks; empty: from any
  FIELDS(ProbePath, lpar_id, address, own_address)
};
struct CloseStream {
  using Reply = Empty;
  u64 stream = 0;
  FIELDS(CloseStream, stream)
};  // undo of step 4, and the end of step 12

// Steps 7 - 12 run by themselves once begun; the source's hypervisor decides when to suspend.
struct BeginPasses {
  using Reply = Empty;
  u64 stream = 0;
  FIELDS(BeginPasses, stream)
};
// Before Suspended only; afterwards refused with HSCL code.
struct StopStream {
  using Reply = Empty;
  u64 stream = 0;
  FIELDS(StopStream, stream)
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
constexpr std::pair<Phase, Phase> range_of(Phase) { return {Phase::none, Phase::failed}; }
struct PassInfo {
  u64 pages = 0;
  u64 zero_pages = 0;
  u64 bytes = 0;
  u64 nanoseconds = 0;
  u64 dirty_after = 0;
  FIELDS(PassInfo, pages, zero_pages, bytes, nanoseconds, dirty_after)
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
  FIELDS(StreamInfo, stream, lpar_id, role, phase, percent, bytes_total, bytes_sent, bytes_remaining, passes, residual_pages,
         demand_paged, demand_p50_ns, demand_p99_ns, suspended_at, handed_over_at, resumed_at, completed_at, error_code,
         error_text)
};
struct QueryStream {
  using Reply = StreamInfo;
  u64 stream = 0;
  FIELDS(QueryStream, stream)
};

// What a frame's journal says about a stream; survives the frame's death. For recovery.
enum class Verdict : u8 {
  unknown = 1,  // never heard of it, or forgotten after its end
  mine,         // source: the partition is defined here, and takes part. Target: a shell that waits for its state
  handed_over,  // source: the partition was handed over, or has been started by the destination
  adopted,      // target: the partition runs (or ran) here
  finished
};
constexpr std::pair<Verdict, Verdict> range_of(Verdict) { return {Verdict::unknown, Verdict::finished}; }
// What the lab's witness says about the partition of a stream: it decides, whatever the journals say. (firmware/witness.h)
enum class Fate : u8 {
  none = 1,     // no partition's latest migration is this one: it never began, or its partition has outlived it
  source,       // the source has the partition
  handed_over,  // the source may have it back, or the destination may start it; who is first has it
  started       // the destination has it
};
constexpr std::pair<Fate, Fate> range_of(Fate) { return {Fate::none, Fate::started}; }
struct StreamVerdict {
  Verdict verdict = Verdict::unknown;
  u32 lpar_id = 0;
  Role role = Role::source;
  std::string other_system;
  bool active = true;
  Phase phase = Phase::none;  // what still goes on in this process; none after a restart
  Fate fate = Fate::none;
  FIELDS(StreamVerdict, verdict, lpar_id, role, other_system, active, phase, fate)
};
struct QueryVerdict {
  using Reply = StreamVerdict;
  u64 stream = 0;
  FIELDS(QueryVerdict, stream)
};
struct Verdicts {
  std::map<u64, StreamVerdict> streams;
  FIELDS(Verdicts, streams)
};
struct ListVerdicts {
  using Reply = Verdicts;
  FIELDS(ListVerdicts)
};  // all that are not finished

// Source, recovery or step 13: rolls back to the source (refused once the destination has started it), or forgets the partition.
struct RollBackSource {
  using Reply = Empty;
  u64 stream = 0;
  FIELDS(RollBackSource, stream)
};
struct FinishSource {
  using Reply = Empty;
  u64 stream = 0;
  FIELDS(FinishSource, stream)
};  // deletes the partition here; refused before the destination has started it
// Target: the partition is ours. With `state_lost` (the source died before all pages came) it is powered off.
struct FinishTarget {
  using Reply = Empty;
  u64 stream = 0;
  bool state_lost = false;
  FIELDS(FinishTarget, stream, state_lost)
};
// Inactive: hands the partition over, as a stream does when it is active.
struct HandOverInactive {
  using Reply = Empty;
  u64 stream = 0;
  u32 lpar_id = 0;
  std::string other_system;
  FIELDS(HandOverInactive, stream, lpar_id, other_system)
};
// Inactive, destination: the shell is this system's partition from now on. Refused before the hand-over.
struct AdoptInactive {
  using Reply = Empty;
  u64 stream = 0;
  FIELDS(AdoptInactive, stream)
};
// Takes the partition into a migration (state Migrating, reference code), or out of it.
struct MarkMigrating {
  using Reply = Empty;
  u64 stream = 0;
  u32 lpar_id = 0;
  bool active = true;
  bool migrating = true;
  std::string other_system;
  FIELDS(MarkMigrating, stream, lpar_id, active, migrating, other_system)
};
// Inactive: what the partition's non-volatile memory holds, and its clock. An active partition's comes with its state.
struct Nvram {
  Bytes content;        // empty: nothing was ever written
  s64 clock_ahead = 0;  // of its system's, in nanoseconds
  FIELDS(Nvram, content, clock_ahead)
};
struct ReadNvram {
  using Reply = Nvram;
  u32 lpar_id = 0;
  FIELDS(ReadNvram, lpar_id)
};
struct WriteNvram {  // of a shell that has no state to come
  using Reply = Empty;
  u32 lpar_id = 0;
  Bytes content;
  s64 clock_ahead = 0;
  FIELDS(WriteNvram, lpar_id, content, clock_ahead)
};
// The latest reference code of a partition, as the firmware shows it during a move (Redbook appendix B).
struct ShowRefCode {
  using Reply = Empty;
  u32 lpar_id = 0;
  std::string refcode;  // of a move; empty: none
  bool own = false;     // and then the latest that the partition itself has come to
  FIELDS(ShowRefCode, lpar_id, refcode, own)
};

}  // namespace emu::service
