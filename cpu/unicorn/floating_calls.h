// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the functions in place of Unicorn's floating point have in common. They are called from translated code, which is known
// by the address that they return to.

#include <cstdint>

#include "cpu/unicorn/interposed.h"

#define CALLED_FROM reinterpret_cast<std::uintptr_t>(__builtin_return_address(0))

extern "C" {
[[noreturn]] void raise_exception_err_ra_ppc64(void* registers, u32 exception, u32 error, std::uintptr_t host_code);
bool cpu_restore_state_ppc64(void* cpu, std::uintptr_t host_code, bool leaving);
}

namespace cpu::unicorn {

inline FloatingRegisters& floating_registers() { return running->floating; }

// The instruction that host code belongs to.
u32 instruction_of(std::uintptr_t host_code);

// One of the helper functions for vectors that Unicorn believes to leave all registers alone.
bool compares_vectors(const void* function);

// What the engine begins with; ours does not know it otherwise.
void clear_vscr(void* registers);

// Leaves translated code for a program interrupt at the present instruction. Nothing that needs to be destroyed may be on the way.
[[noreturn]] void interrupt_here(void* registers, std::uintptr_t host_code);

inline void interrupt_if_due(void* registers, const FloatingRegisters& r, std::uintptr_t host_code) {
  if (floating_interrupt_due(r)) [[unlikely]]
    interrupt_here(registers, host_code);
}

// FPSCR after an instruction that has found this. FR, FI and the class of the result change with its target.
inline void tell_result(FloatingRegisters& r, const floating::Answer& answer, floating::Format format) {
  const u64 kept = *r.fpscr & ~(fpscr::fr | fpscr::fi | fpscr::fprf);
  *r.fpscr = fpscr::with_exceptions(kept | (answer.found & (fpscr::fr | fpscr::fi)) | floating::class_of(answer.value, format),
                                    answer.found);
}
inline void tell_suppressed(FloatingRegisters& r, u64 found) {
  *r.fpscr = fpscr::with_exceptions(*r.fpscr & ~(fpscr::fr | fpscr::fi), found);
}
inline void tell_integer(FloatingRegisters& r, u64 found) {
  *r.fpscr = fpscr::with_exceptions((*r.fpscr & ~(fpscr::fr | fpscr::fi)) | (found & (fpscr::fr | fpscr::fi)), found);
}
inline void tell_exceptions(FloatingRegisters& r, u64 found) { *r.fpscr = fpscr::with_exceptions(*r.fpscr, found); }

inline constexpr u64 of_rounding = fpscr::xx | fpscr::fi | fpscr::fr;

// A register of 128 bits, as Unicorn keeps it: the first doubleword is the host's second where that is little-endian.
struct Vsr {
  u64 halves[2];
  static constexpr bool little = std::endian::native == std::endian::little;
  u64 dword(int i) const { return halves[little ? 1 - i : i]; }
  void set_dword(int i, u64 value) { halves[little ? 1 - i : i] = value; }
  u32 word(int i) const { return static_cast<u32>(dword(i / 2) >> (i % 2 ? 0 : 32)); }
  void set_word(int i, u32 value) {
    const int shift = i % 2 ? 0 : 32;
    set_dword(i / 2, (dword(i / 2) & ~(u64{0xFFFFFFFF} << shift)) | u64{value} << shift);
  }
};

// The second doubleword becomes 0: all processors that have these instructions do that.
inline void put(Vsr& t, u64 first) {
  t.set_dword(0, first);
  t.set_dword(1, 0);
}

inline void end_scalar(void* registers, Vsr& t, const floating::Answer& answer, floating::Format format, u64 image,
                       std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  if (fpscr::suppressed(*r.fpscr, answer.found)) [[unlikely]] {
    tell_suppressed(r, answer.found);
  } else {
    put(t, image);
    tell_result(r, answer, format);
  }
  interrupt_if_due(registers, r, host_code);
}

// Nothing is written if an exception of any element is enabled; FR, FI and FPRF stay.
inline void end_vector(void* registers, Vsr& t, const Vsr& result, u64 found, std::uintptr_t host_code) {
  FloatingRegisters& r = floating_registers();
  if (!fpscr::any_enabled(*r.fpscr, found)) t = result;
  tell_exceptions(r, found);
  interrupt_if_due(registers, r, host_code);
}

constexpr u64 twice(u64 word) { return word << 32 | (word & 0xFFFFFFFF); }

}  // namespace cpu::unicorn
