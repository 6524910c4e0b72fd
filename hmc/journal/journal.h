// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the HMC must not forget when its process dies: the moves that it has begun, and the step each one is in, written
// before the step is done; its list of what has changed; its users, and what they did. One SQLite file (emu/core/database.h). Any thread.

#include <memory>
#include <optional>
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

// How far a frame's list of changes has been heard, and whether the frame answered then.
struct Heard {
  u64 life = 0;
  u64 last = 0;
  bool connected = false;
};

// Something that the console keeps under a name: a user, a password policy.
struct Kept {
  std::string kind;
  std::string name;
  Bytes content;
};

// What somebody did at the console. (lssvcevents -t console)
struct ConsoleEvent {
  u64 wall = 0;  // nanoseconds since 1970
  std::string user;
  std::string text;
  bool operator==(const ConsoleEvent&) const = default;
};

class Journal {
 public:
  // ":memory:" for tests. An error with the code "damaged", the file and a remedy: it is not what was written.
  static emu::Result<std::unique_ptr<Journal>> open(const std::string& file);
  virtual ~Journal() = default;
  virtual emu::Status put(const MoveRecord&) = 0;  // new, or replaces the stream's
  virtual std::vector<MoveRecord> moves() const = 0;

  // Gives it a number. The latest ten thousand are kept. `heard`, stored with it: how far the list of the change's system has been heard.
  virtual emu::Status put_change(const emu::Change&, const Heard* heard = nullptr) = 0;
  // The same, and the move is forgotten in the same instant: its end is in the list, once.
  virtual emu::Status put_end(u64 stream, const emu::Change&) = 0;
  virtual std::optional<Heard> heard_from(const std::string& system) const = 0;  // none: nothing was ever
  virtual emu::Changes changes_after(u64 number) const = 0;

  // New, or replaces the kind's of that name; the one called `instead_of` is forgotten in the same instant.
  virtual emu::Status keep(const Kept&, const std::string& instead_of = "") = 0;
  virtual emu::Status forget(const std::string& kind, const std::string& name) = 0;
  virtual std::vector<Kept> kept(const std::string& kind) const = 0;  // by name

  // The latest ten thousand are kept.
  virtual emu::Status put_event(const ConsoleEvent&) = 0;
  virtual std::vector<ConsoleEvent> events_since(u64 wall) const = 0;  // oldest first
};

}  // namespace hmc
