// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Single instructions of the machine, and addresses.
#include "kernel/offsets.h"
#include "lib/types.h"

namespace nomad {

constexpr u64 kernel_base = 0xC000000000000000;
constexpr u64 page_bytes = 4096;

template <class T = void>
T* pointer(u64 real) {
  return reinterpret_cast<T*>(real | kernel_base);
}
inline u64 real_of(const void* address) { return reinterpret_cast<u64>(address) & ~(0xFul << 60); }

template <u32 number>
u64 read_spr() {
  u64 value;
  asm volatile("mfspr %0, %1" : "=r"(value) : "i"(number));
  return value;
}
template <u32 number>
void write_spr(u64 value) {
  asm volatile("mtspr %1, %0" : : "r"(value), "i"(number) : "memory");
}

enum : u32 { spr_dsisr = 18, spr_dar = 19, spr_dec = 22, spr_pvr = 287 };

inline u64 timebase() {
  u64 value;
  asm volatile("mfspr %0, 268" : "=r"(value) : : "memory");
  return value;
}
inline u64 read_msr() {
  u64 value;
  asm volatile("mfmsr %0" : "=r"(value));
  return value;
}
inline void write_msr(u64 value) { asm volatile("mtmsrd %0\n\tisync" : : "r"(value) : "memory"); }
inline void interrupts_off() { asm volatile("mtmsrd %0, 1" : : "r"(MSR_RI) : "memory"); }
inline void heavy_sync() { asm volatile("sync" : : : "memory"); }
inline void light_sync() { asm volatile("lwsync" : : : "memory"); }
inline void relax() { asm volatile("or 1,1,1\n\tor 2,2,2" : : : "memory"); }

}  // namespace nomad
