// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What has changed in a frame, the latest few thousand, each with a number. The list lies in the frame's journal: who stores something notes
// it in the same transaction, and a process that dies takes nothing of it along. Those who want to know ask for what came after the number
// that they know. Any thread; it waits for nobody's lock but the journal's.

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "emu/core/change.h"
#include "emu/core/clock.h"
#include "emu/core/partition_profile.h"
#include "firmware/journal.h"

namespace firmware {

class Changes {
 public:
  Changes(Journal& journal, const emu::Clock& clock) : journal_(journal), clock_(clock) {}

  // What cannot be written (a full disk) is missed: the next line that can be says so.
  void note(emu::ChangeKind, u32 lpar_id, const std::string& lpar_name, std::string detail);
  // What is different between two definitions of a partition, each thing as a change.
  void note_difference(const emu::LparDefinition& before, const emu::LparDefinition& after);
  // A process of the frame begins: whatever ran has ended with the one before it.
  void note_start(const std::vector<emu::LparDefinition>&);

  // After `after` of the list's life `life`. If there are none, it waits for one for at most `patience` nanoseconds.
  emu::Changes since(u64 life, u64 after, u64 patience) const;
  void end_waits();  // the process ends: from now on it waits for nothing

 private:
  bool put(emu::Change);

  Journal& journal_;
  const emu::Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable more_;
  u64 noted_ = 0;  // by this process
  bool ended_ = false;
  std::atomic<bool> missed_{false};
};

}  // namespace firmware
