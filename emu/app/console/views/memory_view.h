// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Two memories, a cell for each group of pages: the source's drains, the destination's fills. They stand as their frames do.

#include "emu/app/console/move_picture.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

void draw_memories(const Scene&, const MovePicture&, bool to_the_right);

}  // namespace emu::app::console
