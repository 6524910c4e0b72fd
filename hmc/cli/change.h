// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the commands that change something have in common.

#include "hmc/cli/table.h"

namespace hmc::cli {

// A system and one of its partitions, for a command that changes it: both exist, and it takes part in no migration
// (Redbook 6.2: its configuration cannot be changed), nor does one begin meanwhile.
struct Target {
  Held held;
  Claims::Claim claim;
  Inventory inventory;
  const System* system = nullptr;
  const Lpar* lpar = nullptr;
  FrameLink* link = nullptr;
};
Result<Target> target_of(Call& call, std::string_view name_option, std::string_view id_option = "--id");

Result<Target> target_of(Call& call, u32 lpar_id);

// The same for a partition named within -i data.
Result<Target> target_of(Call& call, const Data& data, std::string_view name_attribute, std::string_view id_attribute);

// A system alone, for a command that changes what is its own. Such commands take turns, for each writes what it has read.
struct SystemTarget {
  Held held;
  Claims::Claim claim;
  Inventory inventory;
  const System* system = nullptr;
  FrameLink* link = nullptr;
};
Result<SystemTarget> system_target(Call& call);

// Two partitions of a system: -p or --id gives to -t or --tid, and they are not the same one.
struct GiverAndTaker {
  Target giver;
  Target taker;
};
Result<GiverAndTaker> giver_and_taker(Call& call);

}  // namespace hmc::cli
