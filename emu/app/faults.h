// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The faults of a lab that runs (emu/core/fault.h): set, listed and taken back at whoever carries them out. For `twinframe fault`, for
// scenarios and for the window; and what a lab file says of them, as far as only the console and the frames know it.

#include <string>
#include <string_view>
#include <vector>

#include "emu/app/labs.h"
#include "emu/core/fault.h"

namespace emu::app {

// `where`: a frame, hmc, or hmc-NAME. `words`: "slow-mover:20000000", "vios=viosA" ... Its number; empty: it has taken others back.
Result<std::string> inject_fault(const NamedLab&, const std::string& where, const std::vector<std::string>& words);

struct FaultInForce {
  std::string where;  // a frame's name, hmc, hmc-NAME
  Fault fault;
};
// Of all that answer, or of one: consoles first. An error: the one does not answer, or is not there.
Result<std::vector<FaultInForce>> faults_in_force(const NamedLab&, const std::string& where = "");
// "frameA 1 cut-mover-link"; of the only console without its name
std::string line_of(const NamedLab&, const FaultInForce&);
// Number 0: all. `where` empty: of all that run.
Status clear_faults(const NamedLab&, const std::string& where, u32 number);

// What is wrong with the faults of a lab file, with file and line.
Status check_faults(const Lab&);

// docs/faults.md, from its tables on.
std::string faults_as_markdown();

}  // namespace emu::app
