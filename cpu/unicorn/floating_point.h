// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Binary floating point in Unicorn is ours, whole: every one of its helper functions for it is replaced (floating_point.cpp), so
// that results and FPSCR are those of cpu/floating_point. Its own keep a status of their own, and interrupt where they must not.

#include <optional>
#include <span>

#include "cpu/floating_point/arithmetic.h"
#include "cpu/floating_point/host.h"
#include "emu/core/types.h"

namespace cpu::unicorn {

struct Interface;
struct State;

// What translated code has computed, and has not told FPSCR of yet: an instruction is several calls. Single precision arithmetic
// is that of doubles, and a rounding of its exact result.
struct Computed {
  bool any = false;
  bool suppressed = false;  // the target keeps what it has
  bool negated = false;
  bool estimated = false;
  floating::Format format = floating::Format::double_precision;
  bool by_host = false;  // then `nearest` is the result, and else the others are
  floating::Nearest nearest{};
  floating::Unrounded exact;
  floating::Answer answer;
};

struct FloatingRegisters {
  u64* fpscr = nullptr;
  u8* vsr = nullptr;  // 64 of 16 bytes, in the host's order
  const u64* msr = nullptr;
  u32* cr = nullptr;  // 8 fields
  bool non_java = false;
  Computed computed;
};

std::optional<FloatingRegisters> find_floating_registers(std::span<u8> registers, const Interface&, const State&);

// An exception that FPSCR enables is there, and MSR lets it interrupt.
bool floating_interrupt_due(const FloatingRegisters&);

}  // namespace cpu::unicorn
