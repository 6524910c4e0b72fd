// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The virtual terminal (H_PUT_TERM_CHAR, H_GET_TERM_CHAR): output through a buffer, input by interrupt and at the tick.
#include "lib/types.h"

namespace nomad::vty {

void start();                                // finds the unit address; no interrupts yet
void start_interrupts();
u64 unit_address();
void poll();                                 // input, and output that the hypervisor would not take before
void put_now(const char* text);              // unbuffered: early boot and panic
// May wait for room: process context only. What one process writes begins on a line of its own when another one's (a prompt, say)
// has not ended; so a program's lines always begin with what the program printed.
void write(const char* text, u64 length, u32 writer);
u64 read(char* buffer, u64 size);            // what is there, 0 = nothing
extern const char input_channel;             // wait here for input
void set_foreground(u32 pid);

}  // namespace nomad::vty

namespace nomad {

// A line of the kernel itself, put in front of nothing and behind whatever was printed.
void console_line(const char* pattern, ...) __attribute__((format(printf, 1, 2)));

}  // namespace nomad
