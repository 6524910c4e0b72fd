// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Code for processors that run at the same time. Unicorn can translate atomic instructions and barriers so, but never asks for it: its
// answer to "how is code translated now" is an inline 0. So blocks are marked while they are translated, and not any more when they
// are entered into the table of blocks, where they would not be found again.

#include "emu/core/types.h"

namespace cpu::unicorn {

struct ParallelMark {
  bool wanted = false;     // blocks that are translated from now on get it
  u32* context = nullptr;  // Unicorn's word of flags for the translation that goes on; null: not found
  bool exclusive = false;  // an instruction was met that can be executed only while no other processor runs

  // While this is true, blocks are translated in a way that shows where the word is. (On the engine's thread.)
  bool looking = false;

  bool set(bool on);  // false: it cannot be set
};

}  // namespace cpu::unicorn
