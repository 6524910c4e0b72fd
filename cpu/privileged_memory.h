// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The privileged instructions that manage address translation, and icbi.

#include "cpu/privileged.h"

namespace cpu {

Outcome slbmte(Processor&, Instruction);
Outcome slbie(Processor&, Instruction);
Outcome slbia(Processor&, Instruction);
Outcome slbmfev(Processor&, Instruction);
Outcome slbmfee(Processor&, Instruction);
Outcome slbfee(Processor&, Instruction);
Outcome tlbie(Processor&, Instruction);
Outcome icbi(Processor&, Instruction);

}  // namespace cpu
