// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/unicorn/version.h"

namespace cpu::unicorn {

std::string name_of(u32 version) {
  return "Unicorn " + std::to_string(version >> 24) + "." + std::to_string(version >> 16 & 0xFF) + "." +
         std::to_string(version >> 8 & 0xFF);
}

std::string trouble_with(u32 version) {
  constexpr u32 first = 0x020104, first_unknown = 0x020200;
  const u32 release = version >> 8;
  if (release < first) return name_of(version) + " is too old: 2.1.4 is the first whose floating point is right on PPC64.";
  // Functions of its inside are replaced: they must be those that we know.
  if (release >= first_unknown) return name_of(version) + " is newer than what this program knows: use a version 2.1.";
  return "";
}

}  // namespace cpu::unicorn
