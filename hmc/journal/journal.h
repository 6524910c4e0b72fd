// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the HMC must not forget when its process dies: the moves that it has begun, and the step each one is in, written
// before the step is done; and its list of what has changed. One SQLite file. A put is in the file system's cache when it returns (no fsync: the failures meant
// are deaths of processes, not of the host). Any thread.

#include <memory>
#include <string>
#include <vector>

#include "emu/core/change.h"
#include "emu/core/result.h"
#include "emu/core/types.h"

namespace hmc {

enum class Direction : u8 { forward = 1, undo };

struct MoveRecord {
  u64 stream = 0;
  Bytes plan;   // an archive of hmc::Plan
  u32 row = 0;  // of the table of steps
  Direction direction = Direction::forward;
  bool operator==(const MoveRecord&) const = default;
};

// How far a frame's list of changes has been heard.
struct Heard {
  u64 life = 0;
  u64 last = 0;
};

class Journal {
 public:
  static emu::Result<std::unique_ptr<Journal>> open(const std::string& file);  // ":memory:" for tests
  virtual ~Journal() = default;
  virtual emu::Status put(const MoveRecord&) = 0;  // new, or replaces the stream's
  virtual emu::Status remove(u64 stream) = 0;
  virtual std::vector<MoveRecord> moves() const = 0;

  // Gives it a number. The latest ten thousand are kept. `heard`: from a frame's list, after which the console asks there again.
  virtual emu::Status put_change(const emu::Change&, const Heard& = {}) = 0;
  virtual Heard heard_from(const std::string& system) const = 0;
  virtual emu::Changes changes_after(u64 number) const = 0;
};

}  // namespace hmc
