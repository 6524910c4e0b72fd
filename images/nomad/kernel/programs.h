// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The programs that are part of the image: ELF files put into .programs by the build.
#include "kernel/address_space.h"

namespace nomad::programs {

struct Program {
  const char* name;
  const u8* start;
  const u8* end;
};

const Program* find(const char* name);
bool load(const Program& program, AddressSpace& space, u64& entry);

}  // namespace nomad::programs
