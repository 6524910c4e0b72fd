// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Orderly shutdown: programs get SIGTERM and some time, disks are flushed, then RTAS power-off or system-reboot.
#include "lib/abi.h"

namespace nomad::shutdown {

void request(ShutdownKind kind);
bool under_way();

}  // namespace nomad::shutdown
