// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The Ethernet adapters of the partition, ent0 and up, whatever driver has them.
#include "kernel/device_tree.h"
#include "lib/abi.h"

namespace nomad::ethernet {

constexpr u32 limit = 4;

// By the number of the adapter.
struct Driver {
  const char* compatible;
  const char* description;
  bool (*open)(u32 adapter, const tree::Node* node, u8* mac);
  void (*close)(u32 adapter);  // after an `open` that failed, too
  bool (*send)(u32 adapter, const u8* packet, u32 length);
  void (*poll)(u32 adapter);
};

using Receive = void (*)(u32 adapter, u8* packet, u32 length);

void start(Receive receive);  // takes each adapter of the tree that is not started yet
void received(u32 adapter, u8* packet, u32 length);  // from a driver

bool running(u32 adapter);
const u8* address(u32 adapter);                          // 6 bytes
bool send(u32 adapter, const u8* packet, u32 length);    // a whole Ethernet packet without CRC
void poll();

// By the number in its name.
const tree::Node* node(u32 adapter);  // nullptr when there is none
void stop(u32 adapter);               // Defined: the hypervisor has it back
void forget(u32 adapter);             // its node goes
bool describe(u32 index, DeviceInfo& info);

}  // namespace nomad::ethernet
