// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A picture of the window as a file (PNG).

#include <string>

#include "emu/app/console/raster.h"
#include "emu/core/result.h"

namespace emu::app::console {

Status save_png(const Image&, const std::string& file);

}  // namespace emu::app::console
