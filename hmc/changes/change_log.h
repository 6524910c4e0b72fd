// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The one list of what has changed, as this console knows it: what its frames tell (hmc/changes/listener.h) and its own moves, in the
// order in which it came here. A number is never given twice, not after a restart either; the latest ten thousand are kept. Any thread.

#include <condition_variable>
#include <map>
#include <mutex>

#include "emu/core/change.h"
#include "emu/core/clock.h"
#include "hmc/journal/journal.h"

namespace hmc {

using emu::Status;

class ChangeLog {
 public:
  ChangeLog(Journal& journal, const emu::Clock& clock) : journal_(journal), clock_(clock) {}

  // Stored, or it has not happened to the list: the log file says why. `number` is the list's to give; the time too, unless it is there.
  // `heard`: Journal::put_change.
  Status note(emu::Change, const Heard* heard = nullptr);
  // The end of a move, which is forgotten with it.
  Status note_end(u64 stream, emu::Change);
  // How many changes of that system were noted by this process: when it is the same again, no new one has come.
  u64 count_of(const std::string& system) const;
  std::optional<Heard> heard_from(const std::string& system) const { return journal_.heard_from(system); }

  // After `after`, which is 0 or a number that the list has given. If there are none, it waits for one for at most `patience`
  // nanoseconds. All of the kept ones, and `complete` false, if `after` is older than those, or of another life of the list.
  emu::Changes since(u64 after, u64 patience) const;

 private:
  template <class Put>
  Status put(emu::Change, Put&&);

  Journal& journal_;
  const emu::Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  std::map<std::string, u64> counts_;
};

}  // namespace hmc
