// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a frame must not forget when its process dies: the partitions that are defined here, and how far each move has come. One
// SQLite file per frame. Every function is one transaction that is in the file system's cache when it returns (no fsync: the
// failures meant are deaths of processes, not of the host). Any thread. Who owns a partition says the lab's witness
// (firmware/witness.h).

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "emu/core/change.h"
#include "emu/core/partition_profile.h"
#include "emu/core/result.h"

namespace firmware {

enum class StreamStep : u8 {
  shell = 1,    // target: the partition is defined here, but not ours
  source,       // source: the partition takes part in a move
  handed_over,  // source, up to version 0.2: the partition is the target's. Now the witness says so, and the step is read only
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

// The key under which the pool of huge pages is kept that was asked for.
inline constexpr const char* huge_pages_key = "system/huge_pages";
// An archive of emu::BlockSize, once somebody has asked for one.
inline constexpr const char* block_size_key = "system/block_size";
inline constexpr const char* power_key = "system/power";
// The key under which the system profiles are kept.
inline constexpr const char* system_profiles_key = "system/profiles";
// An archive of emu::OnDemand.
inline constexpr const char* on_demand_key = "system/on_demand";
inline constexpr const char* processor_pools_key = "system/processor_pools";
inline constexpr const char* host_ethernet_key = "system/host_ethernet";
// An archive of emu::ServiceState.
inline constexpr const char* service_state_key = "system/service";
// An archive of emu::DepartedList.
inline constexpr const char* departed_key = "system/departed";
// One byte, while the system takes nobody in.
inline constexpr const char* maintenance_key = "system/maintenance";
// The key under which a partition's NVRAM is kept.
inline std::string nvram_key(const emu::LparDefinition& lpar) { return "nvram/" + lpar.uuid; }

// A partition's clock (firmware/system_clock.h).
inline std::string clock_key(const emu::LparDefinition& lpar) { return "clock/" + lpar.uuid; }

class Journal {
 public:
  // ":memory:" for tests. An error with the code "damaged", the file and a remedy: it is not what was written.
  static emu::Result<std::unique_ptr<Journal>> open(const std::string& file);
  virtual ~Journal() = default;

  virtual std::string file() const = 0;
  // A name of this journal alone, made with the file; empty in a file that version 0.2 has written, until it is named.
  virtual std::string id() const = 0;
  virtual emu::Status set_id(const std::string&) = 0;
  // How often it has been written. A journal of which less is left than somebody has seen was lost in part.
  virtual u64 writes() const = 0;
  // Called after each write, with the number of them, in the writer's thread.
  virtual void on_write(std::function<void(u64 writes)>) = 0;

  // What is put and removed within is stored as one: all of it, or nothing if it ends with an error.
  virtual emu::Status together(const std::function<emu::Status()>& changes) = 0;

  virtual std::vector<emu::LparDefinition> lpars() const = 0;
  virtual emu::Status put_lpar(const emu::LparDefinition&) = 0;
  virtual emu::Status remove_lpar(u32 lpar_id) = 0;
  // True once anything was ever written: later starts do not take partitions from the lab file again.
  virtual bool initialized() const = 0;
  virtual emu::Status set_initialized() = 0;

  virtual std::vector<StreamRecord> streams() const = 0;  // all that are not finished
  virtual emu::Status put_stream(const StreamRecord&) = 0;
  // The list of what has changed here: it numbers them, and keeps the latest. (emu/core/kept_changes.h)
  virtual emu::Status put_change(const emu::Change&) = 0;
  virtual emu::Changes changes_after(u64 number) const = 0;
  // Each partition's latest state in the list, by id; also of those that are not kept there any more.
  virtual std::map<u32, std::string> noted_states() const = 0;
  // Opaque small things that survive: NVRAM images by partition uuid, VIOS configuration, error logs.
  virtual emu::Status put_blob(const std::string& key, const Bytes&) = 0;
  virtual Bytes blob(const std::string& key) const = 0;
};

}  // namespace firmware
