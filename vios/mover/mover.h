// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The mover of a VIOS: it carries the stream of a migration between its own hypervisor, which it reaches through the VASI,
// and the mover of the other frame. It never looks into what it carries. It has a thread of its own, so that a partition
// which waits for a page does not wait for a disk. (Redbook 2.5.4; LoPAR 17.7)

#include <functional>
#include <memory>
#include <string>

#include "emu/core/clock.h"
#include "emu/core/result.h"
#include "firmware/native_partition.h"
#include "vios/error_log_sink.h"
#include "vios/lpm_log.h"

namespace vios {

class Mover {
 public:
  enum class Role { source, target };

  // Before the VIOS runs: gives the partition a window of real memory for the links' buffers, and registers the VASI's
  // queue. Error "vasi": the partition has no VASI. Partition, logs and clock must outlive it.
  static emu::Result<std::unique_ptr<Mover>> create(firmware::NativePartition&, ErrorLogSink&, LpmLog&, const emu::Clock&);
  virtual ~Mover() = default;  // ends its thread; streams are closed as if the mover had died

  // Any thread, from here on. Step 4 of a move: opens the stream on the VASI; the target listens at `link`, the source
  // connects to it. Returns when that is done. Idempotent.
  virtual emu::Status open(u64 stream, Role, const std::string& link) = 0;
  virtual void close(u64 stream) = 0;  // waits for it; nothing if it is not open
  virtual u32 active() const = 0;

  // The network does not lead to the other mover any more: nothing passes the stream's link from now on.
  virtual void cut(u64 stream) = 0;
  // Faults of the VASI: whether it cannot take a migration; and whether it fails when it has carried so many bytes of one, asked now and
  // then while the partition runs. Of any thread's.
  struct VasiFaults {
    std::function<bool(u64 stream)> refuses;
    std::function<bool(u64 stream, u64 carried)> fails;
  };
  virtual void ask_faults(VasiFaults) = 0;  // before the first migration
  // Hundredths of a processor that its server is entitled to and may not exceed; 0: it may. Asked now and then, by its thread.
  virtual void ask_units(std::function<u32()>) = 0;  // before the first migration
  // Faults: of every link, those of now and those to come.
  virtual void cut(bool on) = 0;
  virtual void limit_rate(u64 bytes_per_second) = 0;
};

}  // namespace vios
