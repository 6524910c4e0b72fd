// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How a LUN's own file begins as a copy of an image.

#include <string>

#include "emu/core/result.h"

namespace emu::app {

// Makes `file` a copy of `image`, holes included. A file that is there is left as it is. Error "san" with a sentence.
Status copy_image(const std::string& image, const std::string& file);

}  // namespace emu::app
