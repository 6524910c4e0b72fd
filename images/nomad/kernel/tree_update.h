// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

namespace nomad::tree_update {

// Asks RTAS ibm,update-nodes and ibm,update-properties (scope 1, migration) what changed, and changes the tree in memory.
void run();

}  // namespace nomad::tree_update
