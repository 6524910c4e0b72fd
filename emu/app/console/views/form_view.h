// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A line of a form as widgets: its label at the left, and what can be changed at the right.

#include "emu/app/console/form.h"
#include "emu/app/console/views/scene.h"

namespace emu::app::console {

enum class Focus { elsewhere, here, comes };  // comes: it was somewhere else in the picture before

// True: somebody has clicked it. `width`: of labels.
bool draw_line(const Scene&, const FormLine&, size_t number, Focus, float width);

// What was being typed is given up: the text is another one now.
void leave_text();

}  // namespace emu::app::console
