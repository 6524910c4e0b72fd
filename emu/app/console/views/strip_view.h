// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Strips of time: the guest's own ticks, its answers to pings, its disk commands, with the suspend window to scale.

#include "emu/app/console/move_picture.h"
#include "emu/app/console/timeline.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

void draw_strips(const Scene&, const MovePicture&, const Timeline&);
void draw_life(const Scene&, const Timeline&, bool ticker_known);  // the last seconds, without a move

}  // namespace emu::app::console
