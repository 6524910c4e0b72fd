// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The checks of a migration: pure functions of one inventory snapshot. `migrlpar -o v` prints their findings, `-o m` refuses
// on the same ones. (Redbook 2.2, 2.4.2, 2.5.3)

#include <optional>
#include <string_view>
#include <vector>

#include "emu/core/console_release.h"
#include "hmc/lpm/mapping.h"

namespace hmc {

enum class Severity { error, warning };

struct Finding {
  Severity severity = Severity::error;
  Error message;
};
using Findings = std::vector<Finding>;

bool has_errors(const Findings&);

// A migration that somebody proposes, with everything that is known about it.
struct Candidate {
  const System& source;
  const System& target;
  const Lpar& lpar;
  bool active = true;
  emu::Current current;  // what would move
  const MoveRequest& request;
  Mapping mapping;
  std::optional<Error> os_answer;  // what the guest had against it (check event), if it was asked and refused
  u32 own_active = 0;              // migrations of this console that a frame may not have counted yet
  u32 own_inactive = 0;
  emu::ConsoleRelease release = emu::usual_release;  // of this console
};

enum class Applies { active = 1, inactive = 2, both = 3 };
constexpr bool applies(Applies to, bool active) {
  return (static_cast<int>(to) & static_cast<int>(active ? Applies::active : Applies::inactive)) != 0;
}

struct Check {
  std::string_view name;
  Applies applies;
  void (*run)(const Candidate&, Findings&);
};

// THE table, in the order in which findings are printed.
std::vector<Check> all_checks();

Findings validate(const Candidate&);

// What a partition has, with the partners that its adapters really have. Nothing, of one that was never activated.
emu::Current current_configuration(const Lpar&);

}  // namespace hmc
