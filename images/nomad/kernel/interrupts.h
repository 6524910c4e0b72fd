// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// XICS through H_XIRR, H_EOI, H_CPPR, H_IPI; sources are switched with RTAS ibm,set-xive and ibm,int-on.
#include "kernel/device_tree.h"
#include "lib/types.h"

namespace nomad::interrupts {

using Handler = void (*)(void* argument);

void start_processor();
void stop_processor();  // no interrupt of this processor is pending, and none comes
u32 number_of(const tree::Node* node);                        // the node's first `interrupts` entry; 0 none
bool connect(u32 number, Handler handler, void* argument);
void disconnect(u32 number);
void serve();                                                           // external interrupt exception
void hold();                                                            // nothing external is presented to this processor
void release();
void poke(u32 processor);                                               // makes it look at the ready queue
void poke_others();

}  // namespace nomad::interrupts
