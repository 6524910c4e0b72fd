// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a file says of itself that it is a disk: nobody's notes shall become one by a slip in a lab file.

#include <string>

namespace emu {

// A partition table, the boot record of an AIX disk, or a file system or volume that begins where the disk does.
bool says_it_is_a_disk(const std::string& file);

}  // namespace emu
