// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/identity.h"

#include <algorithm>
#include <cctype>
#include <random>

#include <fmt/format.h>

#include "emu/core/types.h"

namespace emu {

namespace {

u64 hash_of(std::string_view text, u64 seed) {
  u64 hash = 0xcbf29ce484222325 ^ (seed * 0x9e3779b97f4a7c15);
  for (const char c : text) hash = (hash ^ static_cast<u8>(c)) * 0x100000001b3;
  hash ^= hash >> 30;
  hash *= 0xbf58476d1ce4e5b9;
  hash ^= hash >> 27;
  hash *= 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

// The variant is RFC 4122's: the clock's highest bits are 10.
std::string uuid(u64 high, u32 version, u64 clock, u64 node) {
  return fmt::format("{:08X}-{:04X}-{:X}{:03X}-{:04X}-{:012X}", high >> 32, (high >> 16) & 0xFFFF, version, high & 0xFFF,
                     0x8000 | (clock & 0x3FFF), node & 0xFFFFFFFFFFFF);
}

}  // namespace

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i]))) return false;
  }
  return true;
}

std::string random_uuid() {
  std::random_device source;
  std::uniform_int_distribution<u64> any;
  return uuid(any(source), 4, any(source), any(source));
}

std::string derived_uuid(std::string_view of) {
  const u64 low = hash_of(of, 2);
  return uuid(hash_of(of, 1), 4, low >> 50, low);
}

// Locally administered and unicast: the second hex digit is 2, 6, A or E.
std::string derived_mac(std::string_view of) {
  return fmt::format("{:012X}", (hash_of(of, 3) & 0xF0FFFFFFFFFF) | 0x0A0000000000);
}

std::string derived_pvid(std::string_view of) { return fmt::format("00c{:013x}", hash_of(of, 4) >> 12); }

std::string derived_udid(std::string_view of) {
  return fmt::format("3321360050768{:016X}{:08X}04214503TWNfcp", hash_of(of, 5), hash_of(of, 6) >> 32);
}

std::string derived_serial(std::string_view of) { return fmt::format("10{:05X}", hash_of(of, 7) & 0xFFFFF); }

std::string system_uuid(std::string_view mtms) {
  const auto hash = [&](u64 value) {
    for (const char c : mtms) value = (value ^ static_cast<u8>(c)) * 1099511628211u;
    return value;
  };
  const u64 high = hash(14695981039346656037u);
  const u64 low = hash(high);
  std::string text = uuid(high, 3, (low >> 48) & 0xFFF, low);
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace emu
