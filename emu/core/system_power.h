// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Whether a system's processors and memory have power. Its service processor has it always, and answers. Kept in the frame's journal.

#include "emu/core/words.h"

namespace emu {

// standby: partitions can be activated, and none has been by itself.
enum class SystemPower : u8 { off, standby, operating, unknown };
// As consoles show it.
constexpr std::array<std::string_view, 3> words_of(SystemPower) { return {"Power Off", "Standby", "Operating"}; }

}  // namespace emu
