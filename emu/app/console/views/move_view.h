// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The move as pictures: steps, phases, passes, both memories, and the strips of time on which the suspend window is drawn to
// scale. After its end they stay.

#include "emu/app/console/move_picture.h"
#include "emu/app/console/timeline.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

// `to_the_right`: the destination is shown right of the source.
void draw_move(const Scene&, const MovePicture&, const Timeline&, bool to_the_right);
// Before there was one.
void draw_no_move(const Scene&, const Timeline&, const std::string& partition, bool ticker_known);

}  // namespace emu::app::console
