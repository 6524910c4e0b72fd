// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Run-Time Abstraction Services: named calls whose tokens are properties of the node /rtas (LoPAR chapter 7).
#include "lib/types.h"

namespace nomad::rtas {

constexpr i32 absent = -100000;  // the tree has no such service

void start();
bool present(const char* service);

// Status of the call; `results` receives what follows the status. Busy answers (-2, 990x) are repeated here.
i32 call(const char* service, const u32* inputs, u32 input_count, u32* results = nullptr, u32 result_count = 0);
i32 call(const char* service);
i32 call(const char* service, u32 a);
i32 call(const char* service, u32 a, u32 b);
i32 call(const char* service, u32 a, u32 b, u32 c);

// stop-self: gives the kernel lock back, and does not return.
[[noreturn]] void stop_self();

// One attempt, status as it came: for ibm,suspend-me, ibm,update-nodes and ibm,update-properties.
i32 call_once(const char* service, const u32* inputs, u32 input_count, u32* results = nullptr, u32 result_count = 0);

}  // namespace nomad::rtas
