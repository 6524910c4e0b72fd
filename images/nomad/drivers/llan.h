// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual Ethernet (l-lan). Nothing tells this driver of a migration: its registration, queue position and posted buffers are
// hypervisor state that travels.
#include "kernel/device_tree.h"
#include "lib/types.h"

namespace nomad::llan {

using Receive = void (*)(u8* packet, u32 length);

bool start(Receive receive);
bool running();
const u8* address();                     // 6 bytes
bool send(const u8* packet, u32 length);  // a whole Ethernet packet without CRC
void poll();
const tree::Node* node();

}  // namespace nomad::llan
