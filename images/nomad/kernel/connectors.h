// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Dynamic reconfiguration connectors: where memory, a processor or a virtual adapter is connected while the partition runs. What has an
// index there is taken and given back by RTAS. (LoPAR 13.5.3, 13.7.3, 13.7.4)
#include "kernel/device_tree.h"
#include "lib/types.h"

namespace nomad::connectors {

// Allocates it and ends its isolation; or the other way round. Otherwise it is as it was. `why` says what RTAS has said.
bool acquire(u32 index, char* why, u64 size);
bool release(u32 index, char* why, u64 size);

// What is connected there, as a new child of a node; nullptr when it cannot be described.
tree::Node* configure(u32 index, tree::Node* parent);

// The connectors of a node's children: ibm,drc-indexes and ibm,drc-names.
u32 count(const tree::Node* parent);
u32 index(const tree::Node* parent, u32 place);
const char* name(const tree::Node* parent, u32 place);
tree::Node* child_at(const tree::Node* parent, u32 index);  // by ibm,my-drc-index; nullptr when nothing is connected

}  // namespace nomad::connectors
