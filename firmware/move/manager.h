// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The seam between the hypervisor and its moves: the Hypervisor's section "moves" and the messages of VASI devices are
// forwarded here. One manager per frame, made after the journal was read, gone before the partitions are.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/core/partition_profile.h"
#include "emu/core/result.h"
#include "emu/core/segment_exchange.h"
#include "firmware/frame.h"
#include "firmware/journal.h"
#include "firmware/move/progress.h"
#include "firmware/witness.h"

namespace firmware::move {

class Manager {
 public:
  static std::unique_ptr<Manager> create(Frame&);
  virtual ~Manager() = default;

  // As in firmware/hypervisor.h.
  virtual emu::Result<u32> create_shell(u64 stream, const emu::LparDefinition&, bool active, const std::string& other_system) = 0;
  virtual emu::Status remove_shell(u64 stream) = 0;
  virtual emu::Status enable_stream(u64 stream, u32 lpar_id, bool source, u32 msp_id, const std::string& other_system,
                                    const emu::SegmentPlace* place) = 0;
  virtual emu::Status close_stream(u64 stream) = 0;
  virtual emu::Status begin_passes(u64 stream, const Limits&) = 0;
  virtual emu::Status stop_stream(u64 stream) = 0;
  virtual emu::Result<Progress> progress(u64 stream) const = 0;
  virtual emu::Result<MemoryMap> memory_map(u64 stream) const = 0;
  virtual std::vector<StreamRecord> verdicts() const = 0;
  virtual std::optional<HandOver> fate(u64 stream) const = 0;
  virtual emu::Status roll_back_source(u64 stream) = 0;
  virtual emu::Status finish_source(u64 stream) = 0;
  virtual emu::Status finish_target(u64 stream, bool state_lost) = 0;
  virtual emu::Status hand_over_inactive(u64 stream, u32 lpar_id, const std::string& other_system) = 0;
  virtual emu::Status adopt_inactive(u64 stream) = 0;
  virtual emu::Status mark_migrating(u64 stream, u32 lpar_id, bool active, bool migrating, const std::string& other_system) = 0;

  // A fault: how fast destinations take pages out of the source's memory. 0: no limit.
  virtual void limit_pages(u64 bytes_per_second) = 0;

  // ---- for the hypervisor ----
  // What a VIOS sent on its VASI's queue; on the VIOS's thread. Answers as H_SEND_CRQ: 0, -4 ...
  virtual s64 vasi_message(Partition& vios, Adapter& vasi, u64 high, u64 low) = 0;
  virtual void vasi_reset(Partition& vios, Adapter& vasi) = 0;
  // H_DONOR_OPERATION of a mover partition: processor time for its streams. 0 done, 14 in progress.
  virtual s64 donor_operation(Partition& vios, u64 handle) = 0;
  // A partition stopped (power off, error) while it took part in a move: its stream fails.
  virtual void partition_stopped(u32 lpar_id) = 0;
  virtual u32 active_migrations() const = 0;
  virtual u32 inactive_migrations() const = 0;
};

}  // namespace firmware::move
