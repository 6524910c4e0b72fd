// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/ha/decide.h"

namespace emu::app::ha {

bool counts(const Seen& seen) { return !seen.suspended && !seen.traced; }

Step decide(const Seen& seen) {
  if (!seen.wanted || !seen.switching) return Step::nothing;
  if (!seen.frame_lives) return Step::elsewhere;
  if (!seen.frame_answers) return counts(seen) && seen.silent_frame >= seen.misses ? Step::fence : Step::nothing;
  if (!seen.state) return Step::nothing;
  if (seen.migrates && !seen.going) return Step::recover;
  if (seen.migrates) return Step::nothing;
  if (*seen.state == LparState::not_activated || *seen.state == LparState::error) return Step::start;
  if (*seen.state == LparState::running && counts(seen) && seen.silent_guest >= seen.misses) return Step::restart;
  return Step::nothing;
}

}  // namespace emu::app::ha
