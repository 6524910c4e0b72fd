// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Instructions on binary coded decimals in general registers, which the engine does not know. (Book I 3.3.15, BCD Assist)

#include "cpu/privileged.h"

namespace cpu {

Outcome addg6s(Processor&, Instruction);
Outcome cbcdtd(Processor&, Instruction);
Outcome cdtbcd(Processor&, Instruction);

}  // namespace cpu
