// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Who owns each partition of a lab. One SQLite file beside the LUNs, outside of all frames, written by every frame's process: what a
// frame's journal says counts only as far as the witness agrees. A partition's row has its owner and a number that grows by one with
// each new owner; a move goes through the three states of a hand-over. Every change is one transaction that looks before it
// writes, so that of two who want to decide one wins, and the other is told. In the file system's cache when a function
// returns; no fsync. Any thread, any process. Systems are named by type, model and serial number: "9117-MMA*1001234".

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/core/result.h"
#include "emu/core/types.h"

namespace firmware {

enum class HandOver : u8 {
  source = 1,   // the owner has the partition, whether it takes part in a move or not
  handed_over,  // the owner has let go of it, the other may start it; whoever comes first
  started       // the other is the owner: written before the partition's first instruction there
};
std::string_view name_of(HandOver);  // "SOURCE" ...

struct Ownership {
  std::string uuid;
  std::string owner;  // a system
  u64 number = 1;     // of owners so far
  HandOver state = HandOver::source;
  u64 stream = 0;     // its latest move; 0 if it has never moved
  std::string other;  // where that leads to; once it is started, where it came from
  bool operator==(const Ownership&) const = default;
};

// What the witness has seen of a frame's journal.
struct SeenJournal {
  std::string system;
  std::string id;
  u64 writes = 0;
  bool operator==(const SeenJournal&) const = default;
};

class Witness {
 public:
  // ":memory:" for tests. An error with the code "damaged": it is not what was written.
  static emu::Result<std::unique_ptr<Witness>> open(const std::string& file);
  virtual ~Witness() = default;

  virtual std::string file() const = 0;
  virtual std::vector<Ownership> all() const = 0;
  virtual std::optional<Ownership> of(const std::string& uuid) const = 0;
  virtual std::optional<Ownership> of_stream(u64 stream) const = 0;  // whose latest move it is

  virtual std::vector<SeenJournal> journals() const = 0;
  virtual emu::Status see_journal(const SeenJournal&) = 0;  // `writes` only ever grows

  // ---- partitions ----
  // The system gets a partition that nobody has. Also well if it has it already; else the error names the owner.
  virtual emu::Status claim(const std::string& uuid, const std::string& system) = 0;
  // Its owner has deleted it. Also well if nobody has it. It is remembered: a lost journal does not bring it back.
  virtual emu::Status release(const std::string& uuid, const std::string& system) = 0;
  virtual std::vector<Ownership> released() const = 0;  // as they were last; claimed again, they are not among these
  // What the journals of a lab of version 0.2, or a recovery, know. Well if it says the same already.
  virtual emu::Status take_over(const Ownership&) = 0;

  // ---- recovery of the lab's files, while nothing runs ----
  virtual emu::Status correct(const Ownership&) = 0;           // whatever it said before
  virtual emu::Status accept_journal(const SeenJournal&) = 0;  // also with fewer writes, or with another id

  // ---- moves; the error names what the witness has instead ----
  // The owner begins one: SOURCE, with this stream. A partition that is HANDED_OVER cannot begin another.
  virtual emu::Status begin(const std::string& uuid, const std::string& system, u64 stream, const std::string& other) = 0;
  // SOURCE -> HANDED_OVER, by the owner.
  virtual emu::Status hand_over(const std::string& uuid, const std::string& system, u64 stream) = 0;
  // HANDED_OVER -> SOURCE, by the owner. Also well if it is SOURCE.
  virtual emu::Status take_back(const std::string& uuid, const std::string& system, u64 stream) = 0;
  // HANDED_OVER -> STARTED, by the other, who is the owner from now on. Also well if that was said already.
  virtual emu::Status start(const std::string& uuid, const std::string& system, u64 stream) = 0;
};

}  // namespace firmware
