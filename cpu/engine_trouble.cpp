// SPDX-License-Identifier: GPL-2.0-or-later
#include "cpu/cpu.h"
#include "cpu/engine.h"

namespace cpu {

std::string engine_trouble() { return engine_version_trouble(); }

}  // namespace cpu
