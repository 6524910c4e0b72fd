// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A frame: what it is, how much of it is used, its table of partitions, and beneath it the terminal of a guest that runs
// there.

#include "emu/app/console/frame_link.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

// The head and the table. `selected`: the UUID of the partition that actions are about; a click chooses another.
void draw_frame(const Scene&, const std::string& name, const FrameState&, std::string& selected);

}  // namespace emu::app::console
