// SPDX-License-Identifier: GPL-2.0-or-later
// Uses what a POWER9 has and a POWER8 has not, over and over, and knows what must come out: remainders, products and sums of 128
// bits, quadruple precision, half precision, vectors, loads of a length, and system calls by scv. This file is compiled for a POWER9.
#include <altivec.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

#include "judges/judge.h"

#undef vector
#undef pixel
#undef bool

namespace {

using Wide = unsigned __int128;
using Signed = __int128;
using Bytes = __attribute__((vector_size(16))) unsigned char;
using Words = __attribute__((vector_size(16))) unsigned int;

constexpr unsigned long has_scv = 0x00100000, has_darn = 0x00200000, has_quads = 0x00400000, is_3_00 = 0x00800000;

uint64_t seed = 0x9E3779B97F4A7C15;
uint64_t passes = 0, calls = 0;

template <class T>
void expect(const char* what, T is, T wanted) {
  if (is != wanted) judge::found_wrong("%s is wrong in pass %llu", what, static_cast<unsigned long long>(passes));
}

long called_by_scv(long number) {
  register long r0 asm("r0") = number;
  register long r3 asm("r3");
  asm volatile("scv 0"
               : "+r"(r0), "=r"(r3)
               :
               : "memory", "cr0", "cr1", "cr5", "cr6", "cr7", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "lr",
                 "ctr", "xer");
  return r3;
}

void integers() {
  const uint64_t a = judge::next_random(seed), b = judge::next_random(seed) >> (seed & 31) | 1, c = judge::next_random(seed);
  uint64_t r;
  asm("modud %0,%1,%2" : "=r"(r) : "r"(a), "r"(b));
  expect("modud", r, a - a / b * b);
  asm("modsw %0,%1,%2" : "=r"(r) : "r"(a), "r"(b));
  const int32_t x = static_cast<int32_t>(a), y = static_cast<int32_t>(b);
  if (y != -1) expect("modsw", static_cast<int32_t>(r), x - x / y * y);
  asm("maddhdu %0,%1,%2,%3" : "=r"(r) : "r"(a), "r"(b), "r"(c));
  expect("maddhdu", r, static_cast<uint64_t>((Wide{a} * b + c) >> 64));
  asm("maddhd %0,%1,%2,%3" : "=r"(r) : "r"(a), "r"(b), "r"(c));
  const Signed product = Signed{static_cast<int64_t>(a)} * static_cast<int64_t>(b);
  expect("maddhd", r, static_cast<uint64_t>((product + static_cast<int64_t>(c)) >> 64));
  asm("maddld %0,%1,%2,%3" : "=r"(r) : "r"(a), "r"(b), "r"(c));
  expect("maddld", r, a * b + c);
  asm("extswsli %0,%1,7" : "=r"(r) : "r"(a));
  expect("extswsli", r, static_cast<uint64_t>(static_cast<int64_t>(x)) << 7);
  uint64_t zeros = 0;
  while (zeros < 64 && !(a >> zeros & 1)) ++zeros;
  asm("cnttzd %0,%1" : "=r"(r) : "r"(a));
  expect("cnttzd", r, zeros);
  uint64_t flags;
  asm("cmpeqb 1,%1,%2\n\tsetb %0,1" : "=r"(flags) : "r"(a), "r"(c) : "cr1");
  uint64_t any = 0;
  for (int i = 0; i < 64; i += 8) any |= (c >> i & 0xFF) == (a & 0xFF);
  expect("cmpeqb", flags, any);
}

void vectors() {
  Wide a = Wide{judge::next_random(seed)} << 64 | judge::next_random(seed);
  Wide b = Wide{judge::next_random(seed)} << 64 | judge::next_random(seed);
  Bytes va, vb, vr;
  __builtin_memcpy(&va, &a, 16);
  __builtin_memcpy(&vb, &b, 16);
  asm("vabsdub %0,%1,%2" : "=v"(vr) : "v"(va), "v"(vb));
  for (int i = 0; i < 16; ++i) expect<int>("vabsdub", vr[i], va[i] > vb[i] ? va[i] - vb[i] : vb[i] - va[i]);
  asm("xxbrq %x0,%x1" : "=wa"(vr) : "wa"(va));
  for (int i = 0; i < 16; ++i) expect<int>("xxbrq", vr[i], va[15 - i]);
  asm("vmsumudm %0,%1,%2,%3" : "=v"(vr) : "v"(va), "v"(vb), "v"(va));
  const Wide sum = a + Wide{static_cast<uint64_t>(a)} * static_cast<uint64_t>(b) + (a >> 64) * (b >> 64);
  Wide is;
  __builtin_memcpy(&is, &vr, 16);
  expect("vmsumudm", is, sum);
  // A part of 16 bytes, by its length.
  const uint64_t length = judge::next_random(seed) % 17;
  unsigned char memory[32];
  for (int i = 0; i < 32; ++i) memory[i] = static_cast<unsigned char>(i + 1);
  asm("lxvl %x0,%1,%2" : "=wa"(vr) : "b"(memory), "r"(length << 56), "m"(memory));
  for (uint64_t i = 0; i < 16; ++i) expect<int>("lxvl", vr[i], i < length ? static_cast<int>(i + 1) : 0);
  asm("stxvl %x1,%2,%3" : "=m"(memory) : "wa"(va), "b"(memory + 16), "r"(length << 56), "m"(memory));
  for (uint64_t i = 0; i < 16; ++i) expect<int>("stxvl", memory[16 + i], i < length ? va[i] : static_cast<int>(i + 17));
}

// Of whole numbers, so that nothing is rounded where that is not wanted.
void quads() {
  const int64_t a = static_cast<int64_t>(judge::next_random(seed)) >> 8,
                b = (static_cast<int64_t>(judge::next_random(seed)) >> 10) | 1;
  const volatile _Float128 x = a, y = b;
  const _Float128 product = x * y;
  const Signed exact = Signed{a} * b;
  constexpr _Float128 upper = 18446744073709551616.0;
  expect("xsmulqp", static_cast<_Float128>(static_cast<int64_t>(exact >> 64)) * upper + static_cast<uint64_t>(exact), product);
  expect("xsdivqp", product / y, static_cast<_Float128>(x));
  expect("xssubqp", (x - y) + y, static_cast<_Float128>(x));
  _Float128 fused = -static_cast<_Float128>(x);
  asm("xsmaddqp %0,%1,%2" : "+v"(fused) : "v"(x), "v"(y));
  expect("xsmaddqp", fused, static_cast<_Float128>(x) * (static_cast<_Float128>(y) - 1));
  _Float128 root;
  const _Float128 square = static_cast<_Float128>(b) * b;
  asm("xssqrtqp %0,%1" : "=v"(root) : "v"(square));
  expect("xssqrtqp", root, static_cast<_Float128>(b < 0 ? -b : b));
  expect("xscvqpsdz", static_cast<int64_t>(x), a);
  double half = static_cast<double>(static_cast<int>(a & 1023)), back;
  asm("xscvdphp %x0,%x1\n\txscvhpdp %x0,%x0" : "=&wa"(back) : "wa"(half));
  expect("xscvhpdp", back, half);
}

void calls_and_numbers(unsigned long has) {
  if (has & has_scv) {
    expect("getppid by scv", called_by_scv(SYS_getppid), static_cast<long>(getppid()));
    ++calls;
  }
  if (has & has_darn) {
    uint64_t one, other;
    asm volatile("darn %0,1" : "=r"(one));
    asm volatile("darn %0,1" : "=r"(other));
    if (one == other && one != ~uint64_t{0}) judge::found_wrong("darn gives the same number twice");
  }
}

}  // namespace

int main() {
  judge::begin("power9");
  const unsigned long has = getauxval(AT_HWCAP2);
  if (!(has & is_3_00) || !(has & has_quads)) judge::found_wrong("the kernel has no POWER9: hwcap2 is %lx", has);
  for (;;) {
    integers();
    vectors();
    quads();
    calls_and_numbers(has);
    ++passes;
    if (passes % 64 == 0) judge::sleep_microseconds(1000);
    judge::answer_if_asked("passes=%llu scv=%llu", static_cast<unsigned long long>(passes),
                           static_cast<unsigned long long>(calls));
  }
}
