// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a frame must not forget when its process dies: the partitions it owns, and how far each move has come. One SQLite
// file per frame. Every function is one transaction that is in the file system's cache when it returns (no fsync: the
// failures meant are deaths of processes, not of the host). Any thread.

#include <memory>
#include <string>
#include <vector>

#include "emu/core/partition_profile.h"
#include "emu/core/result.h"

namespace firmware {

enum class StreamStep : u8 {
  shell = 1,    // target: the partition is defined here, but not ours
  source,       // source: the partition is ours, and takes part in a move
  handed_over,  // source: point of no return. The partition is the target's
  adopted,      // target: ours
  finished
};

struct StreamRecord {
  u64 stream = 0;
  u32 lpar_id = 0;
  StreamStep step = StreamStep::shell;
  bool active = true;
  std::string other_system;
  bool operator==(const StreamRecord&) const = default;
};

// The key under which a partition's NVRAM is kept.
inline std::string nvram_key(const emu::LparDefinition& lpar) { return "nvram/" + lpar.uuid; }

class Journal {
 public:
  static emu::Result<std::unique_ptr<Journal>> open(const std::string& file);  // ":memory:" for tests
  virtual ~Journal() = default;

  virtual std::vector<emu::LparDefinition> lpars() const = 0;
  virtual emu::Status put_lpar(const emu::LparDefinition&) = 0;
  virtual emu::Status remove_lpar(u32 lpar_id) = 0;
  // True once anything was ever written: later starts do not take partitions from the lab file again.
  virtual bool initialized() const = 0;
  virtual emu::Status set_initialized() = 0;

  virtual std::vector<StreamRecord> streams() const = 0;  // all that are not finished
  virtual emu::Status put_stream(const StreamRecord&) = 0;
  // Opaque small things that survive: NVRAM images by partition uuid, VIOS configuration, error logs.
  virtual emu::Status put_blob(const std::string& key, const Bytes&) = 0;
  virtual Bytes blob(const std::string& key) const = 0;
};

}  // namespace firmware
