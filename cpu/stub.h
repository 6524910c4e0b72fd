// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Small pieces of problem-state code that move what the engine's interface does not show (vector halves, FPSCR, VSCR,
// XER with its carry bits, the reservation) between the engine and a scratch page. Each ends with `sc`.

#include <span>

#include "cpu/engine.h"
#include "cpu/registers.h"
#include "emu/core/guest_memory.h"

namespace cpu::stub {

// Where the engine sees it: below its way out, only while a stub runs.
inline constexpr u64 bytes = 2 * emu::page_size;
inline constexpr u64 address = Engine::exit_pages - bytes;
inline constexpr u64 data = emu::page_size;  // the second page; stubs expect its address in r3

// Beginnings of the stubs.
inline constexpr u64 save = 0;             // XER to r4, the rest to the data
inline constexpr u64 load = 0x400;         // the other direction
inline constexpr u64 reservation = 0xC00;  // loses it; changes CR0

void assemble(std::span<u8> scratch);
void pack(std::span<u8> to, const Registers&);
void unpack(std::span<const u8> from, Registers&);

}  // namespace cpu::stub
