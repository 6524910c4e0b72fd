// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Time in a frame. Its real-time clock runs on a crystal and a battery of its own, also while the frame is off, and knows no date. Times of
// day are differences to it, and are kept: the system's one, and one for each partition that has set its own. The time base comes from
// the same crystal. (docs/labs.md, Clocks) Any thread.

#include <atomic>
#include <span>

#include "emu/core/clock.h"
#include "emu/core/drifting_clock.h"
#include "emu/core/lab.h"
#include "emu/core/partition_profile.h"
#include "emu/core/result.h"
#include "firmware/journal.h"

namespace firmware {

class SystemClock {
 public:
  SystemClock(const emu::FrameConfig& config, Journal& journal, const emu::Clock& clock)
      : config_(config), journal_(journal), clock_(clock) {}
  // Its first start, or what the journal says of that.
  emu::Status start();

  u64 time_base() const;                          // 512 MHz, but for the drift
  u64 host_nanoseconds(u64 ticks) const;          // how long that takes
  u64 real_time() const;                          // nanoseconds, of no date
  emu::DriftingClock time_of_day() const;         // the system's
  s64 difference() const { return difference_; }  // of the system's time of day from the real-time clock

  // A partition's difference: its own, or the system's, as long as it has set none. First in the journal.
  s64 difference_of(const emu::LparDefinition&) const;
  emu::Status set(const emu::LparDefinition&, s64 difference);
  // The same, and the system's with it. The others keep theirs.
  emu::Status set_with_system(const emu::LparDefinition&, s64 difference, std::span<const emu::LparDefinition* const> others);

 private:
  emu::Status put_system(s64 difference);
  const emu::FrameConfig& config_;
  Journal& journal_;
  const emu::Clock& clock_;
  u64 since_ = 0;  // of the host's clock
  std::atomic<s64> difference_{0};
};

}  // namespace firmware
