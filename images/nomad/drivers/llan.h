// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual Ethernet (l-lan). Nothing tells this driver of a migration: its registration, queue position and posted buffers are
// hypervisor state that travels.
#include "drivers/ethernet.h"

namespace nomad::llan {

extern const ethernet::Driver driver;

}  // namespace nomad::llan
