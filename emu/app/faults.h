// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What can be made to go wrong in a lab from outside: one table, for `twinframe fault`, for scenarios and for docs/faults.md.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/app/labs.h"
#include "hmc/faults/faults.h"

namespace emu::app {

enum class FaultOf { frame, hmc, command };

struct FaultKind {
  std::string_view name;
  FaultOf of;
  std::string_view value;  // what stands behind its colon; empty: nothing
  std::string_view meaning;
};
std::span<const FaultKind> fault_kinds();

// `where`: a frame, or hmc. `words`: "slow-mover:20000000", or "answer:HSCL3205" with "command=migrlpar", "count=2" ...; a frame takes
// "vios=NAME" (default: all that run). What a fault of a command was given as its number; else an empty text.
Result<std::string> inject_fault(const NamedLab&, const std::string& where, const std::vector<std::string>& words);

// "1 migrlpar of mobile: answers HSCL3205; met 0 of 2"
std::string line_of(const hmc::CommandFault&);

// docs/faults.md, from its tables on.
std::string faults_as_markdown();

}  // namespace emu::app
