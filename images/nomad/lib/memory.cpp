// SPDX-License-Identifier: GPL-2.0-or-later
#include "lib/text.h"

// Plain loops: the compiler must not recognise them as what they implement (-fno-tree-loop-distribute-patterns).

using namespace nomad;

extern "C" void* memcpy(void* to, const void* from, u64 length) {
  auto* target = static_cast<u8*>(to);
  auto* source = static_cast<const u8*>(from);
  if (((reinterpret_cast<u64>(target) | reinterpret_cast<u64>(source)) & 7) == 0) {
    using Word __attribute__((may_alias)) = u64;
    for (; length >= 8; length -= 8, target += 8, source += 8)
      *reinterpret_cast<Word*>(target) = *reinterpret_cast<const Word*>(source);
  }
  while (length--) *target++ = *source++;
  return to;
}

extern "C" void* memmove(void* to, const void* from, u64 length) {
  auto* target = static_cast<u8*>(to);
  auto* source = static_cast<const u8*>(from);
  if (target <= source || target >= source + length) return memcpy(to, from, length);
  while (length--) target[length] = source[length];
  return to;
}

extern "C" void* memset(void* to, int value, u64 length) {
  auto* target = static_cast<u8*>(to);
  if ((reinterpret_cast<u64>(target) & 7) == 0) {
    using Word __attribute__((may_alias)) = u64;
    const u64 word = 0x0101010101010101ul * static_cast<u8>(value);
    for (; length >= 8; length -= 8, target += 8) *reinterpret_cast<Word*>(target) = word;
  }
  while (length--) *target++ = static_cast<u8>(value);
  return to;
}

extern "C" int memcmp(const void* left, const void* right, u64 length) {
  auto* a = static_cast<const u8*>(left);
  auto* b = static_cast<const u8*>(right);
  for (u64 i = 0; i < length; i++)
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  return 0;
}

extern "C" u64 strlen(const char* text) {
  u64 length = 0;
  while (text[length]) length++;
  return length;
}
