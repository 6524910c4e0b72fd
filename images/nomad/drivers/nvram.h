// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// NVRAM through RTAS nvram-fetch and nvram-store.
#include "lib/types.h"

namespace nomad::nvram {

u32 size();  // bytes; 0 when the partition has none
bool fetch(u32 offset, void* buffer, u32 length);
bool store(u32 offset, const void* buffer, u32 length);

}  // namespace nomad::nvram
