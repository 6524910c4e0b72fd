// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which console has the system for itself, and since when. Each time that it is taken it has another epoch: who has lost it, and does not
// know, cannot change anything any more. It is in the journal before anybody is told, and so outlives the process. Any thread.
// (Redbook 5.3)

#include <mutex>
#include <string>

#include "emu/core/clock.h"
#include "emu/core/fields.h"
#include "emu/core/result.h"
#include "firmware/journal.h"

namespace firmware {

struct KeptLock {
  std::string holder;  // empty: nobody
  u64 epoch = 0;       // the latest that was given
  u64 at = 0;          // nanoseconds since 1970
  FIELDS(KeptLock, holder, epoch, at)
};

class ConsoleLock {
 public:
  ConsoleLock(Journal& journal, const emu::Clock& clock, std::string system)
      : journal_(journal), clock_(clock), system_(std::move(system)) {}

  emu::Status restore();

  // The epoch. HSCLF040 if another console has it, unless `force`, which takes it away from that one.
  emu::Result<u64> take(const std::string& holder, bool force);
  // Does nothing if it has another epoch; with `force` whatever it has.
  emu::Status give_back(u64 epoch, bool force);
  // Whether a change that was asked under this epoch (0: under none) may be made.
  emu::Status admits(u64 epoch) const;
  KeptLock now() const;

 private:
  emu::Status keep(KeptLock);

  Journal& journal_;
  const emu::Clock& clock_;
  const std::string system_;
  mutable std::mutex mutex_;
  KeptLock lock_;
};

}  // namespace firmware
