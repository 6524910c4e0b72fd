// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A move as it is drawn: what the HMC and both ends of the stream have told, put into phases, steps, passes and words. Pure
// functions of that.

#include <array>
#include <string>
#include <vector>

#include "emu/link/service.h"
#include "hmc/hmc.h"

namespace emu::app::console {

// The four phases that operators of such moves know, and how much of each is done.
struct PhaseBar {
  std::string name;  // Init, Copy, I/O quiesce, Frozen
  u32 percent = 0;
};

enum class StepState { open, under_way, done, failed };
struct StepLine {
  u32 number = 0;
  std::string name;
  StepState state = StepState::open;
  u64 took = 0;  // nanoseconds; 0: not known (yet)
};

struct PassBar {
  u64 pages = 0;
  u64 zero_pages = 0;
  u64 dirty_after = 0;
  double megabytes_per_second = 0;
  u64 nanoseconds = 0;
};

struct MovePicture {
  hmc::MoveStatus status;  // as the HMC has told
  service::StreamInfo source, target;
  service::MemoryMap source_map, target_map;
  u64 gap = 0;    // without a tick of the guest, around the suspension; 0: not seen
  u32 pings = 0;  // since it began
  u32 pings_lost = 0;

  bool goes_on() const { return status.ended_at == 0; }
};

std::array<PhaseBar, 4> phases_of(const MovePicture&);
std::vector<StepLine> steps_of(const MovePicture&, u64 now);
std::vector<PassBar> passes_of(const MovePicture&);
// When the guest stood still; `end` 0: not known (yet).
struct SuspendWindow {
  u64 begin = 0;
  u64 end = 0;
};
SuspendWindow suspend_window_of(const MovePicture&);
// "mobile runs on frameB: 0.6 s in all, 3 passes, ..."
std::string summary_of(const MovePicture&);

}  // namespace emu::app::console
