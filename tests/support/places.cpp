// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/places.h"

namespace support {

std::filesystem::path checkout() { return CHECKOUT; }

}  // namespace support
