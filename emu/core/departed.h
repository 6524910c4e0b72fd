// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A partition that a system had and has no more, as its frame's journal remembers it: who took it away, and where to.

#include <string>
#include <utility>
#include <vector>

#include "emu/core/fields.h"
#include "emu/core/types.h"

namespace emu {

enum class Departure : u8 {
  migrated = 1,  // a migration has taken it to another system
  removed        // an administrator's command has
};
constexpr std::pair<Departure, Departure> range_of(Departure) { return {Departure::migrated, Departure::removed}; }

struct Departed {
  std::string uuid;
  std::string name;
  u32 lpar_id = 0;
  Departure by = Departure::migrated;
  u64 wall = 0;        // nanoseconds since 1970
  std::string now_on;  // where it went, and when told to consoles, the system (MTMS) that owns it now; empty: none does
  FIELDS(Departed, uuid, name, lpar_id, by, wall, now_on)
};

struct DepartedList {
  std::vector<Departed> all;  // oldest first
  FIELDS(DepartedList, all)
};

}  // namespace emu
