// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Virtual Ethernet (l-lan). Nothing tells this driver of a migration: its registration, queue position and posted buffers are
// hypervisor state that travels.
#include "lib/abi.h"
#include "kernel/device_tree.h"

namespace nomad::llan {

using Receive = void (*)(u8* packet, u32 length);

// The first adapter has the interface; the others take packets, and drop them.
// SIMPLIFIED: one interface.
void start(Receive receive);             // takes each adapter of the tree that is not started yet
bool running();                          // there is an adapter for the interface
const u8* address();                     // 6 bytes
bool send(const u8* packet, u32 length);  // a whole Ethernet packet without CRC
void poll();

bool describe(u32 index, DeviceInfo& info);
const tree::Node* node(u32 index);       // of entN; nullptr when there is none
bool has_interface(u32 index);
void stop(u32 index);                    // Defined: the hypervisor has it back
void forget(u32 index);                  // its node goes

}  // namespace nomad::llan
