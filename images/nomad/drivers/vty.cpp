// SPDX-License-Identifier: GPL-2.0-or-later
#include "drivers/vty.h"

#include "kernel/clock.h"
#include "kernel/device_tree.h"
#include "kernel/hypercall.h"
#include "kernel/interrupts.h"
#include "kernel/process.h"
#include "kernel/signals.h"
#include "lib/text.h"

namespace nomad::vty {

const char input_channel = 0;

namespace {

constexpr u32 output_size = 32768, input_size = 2048;
constexpr char control_c = 3;

tree::Node* node = nullptr;
u64 unit = 0;
u32 foreground = 0;

char output[output_size];
u32 output_in = 0, output_out = 0;  // free-running
const char output_channel = 0;

char input[input_size];
u32 input_in = 0, input_out = 0;
u64 input_dropped = 0;  // typed faster than read: the newest characters are lost, as on a real line

void drain_output() {
  while (output_out != output_in) {
    u64 words[2] = {};
    auto* bytes = reinterpret_cast<char*>(words);
    u64 count = 0;
    for (u32 at = output_out; at != output_in && count < 16; at++) bytes[count++] = output[at % output_size];
    if (hypercall(H_PUT_TERM_CHAR, unit, count, words[0], words[1]).status != H_SUCCESS) return;
    output_out += static_cast<u32>(count);
  }
  wake(&output_channel);
}

void take_input() {
  bool any = false;
  for (;;) {
    const Hypercall answer = hypercall(H_GET_TERM_CHAR, unit);
    if (answer.status != H_SUCCESS || answer.out[0] == 0) break;
    auto* bytes = reinterpret_cast<const char*>(&answer.out[1]);
    for (u64 i = 0; i < answer.out[0] && i < 16; i++) {
      Process* target = bytes[i] == control_c && foreground ? find_process(foreground) : nullptr;
      if (target) {
        signals::send(*target, SIGTERM);
      } else if (input_in - input_out < input_size) {
        input[input_in++ % input_size] = bytes[i];
        any = true;
      } else {
        input_dropped++;
      }
    }
  }
  if (any) wake(&input_channel);
}

void interrupt(void*) {
  hypercall(H_VIO_SIGNAL, unit, 1);
  take_input();
}

bool line_open = false;
u32 last_writer = 0;

void put(char c) {
  if (c == '\n') put('\r');
  if (output_in - output_out < output_size) output[output_in++ % output_size] = c;
  line_open = c != '\n';
}

void begin(u32 writer) {
  if (line_open && writer != last_writer) put('\n');
  last_writer = writer;
}

}  // namespace

void start() {
  node = tree::find(tree::text(tree::find("/chosen"), "linux,stdout-path", "/none"));
  if (!node || !tree::lists(tree::property(node, "compatible"), "hvterm1")) node = tree::next_compatible(nullptr, "hvterm1");
  if (node) unit = tree::number(node, "reg", 0);
}

u64 unit_address() { return unit; }

void start_interrupts() {
  if (!node) return;
  hypercall(H_VIO_SIGNAL, unit, 1);  // H_PARAMETER where a vty has no signal mode: the tick polls anyway
  interrupts::connect(interrupts::number_of(node), [](void* argument) { interrupt(argument); }, nullptr);
}

void poll() {
  if (!node) return;
  take_input();
  drain_output();
}

void put_now(const char* text) {
  if (!node) return;
  for (u32 tries = 0; output_out != output_in && tries < 1000; tries++) drain_output();
  for (; *text; text++) {
    u64 word = *text == '\n' ? 0x0D0A000000000000 : static_cast<u64>(*text) << 56;
    for (u32 tries = 0; tries < 100000; tries++)
      if (hypercall(H_PUT_TERM_CHAR, unit, *text == '\n' ? 2 : 1, word, 0).status != H_BUSY) break;
  }
}

void write(const char* text, u64 length, u32 writer) {
  begin(writer);
  for (u64 i = 0; i < length; i++) {
    if (output_in - output_out > output_size - 2) {
      drain_output();
      if (output_in - output_out > output_size - 2) wait_on(&output_channel, clock::after_milliseconds(1000));
    }
    put(text[i]);
  }
  drain_output();
}

u64 read(char* buffer, u64 size) {
  u64 count = 0;
  while (count < size && input_out != input_in) buffer[count++] = input[input_out++ % input_size];
  return count;
}

void set_foreground(u32 pid) { foreground = pid; }

}  // namespace nomad::vty

namespace nomad {

void console_line(const char* pattern, ...) {
  char line[256];
  __builtin_va_list arguments;
  __builtin_va_start(arguments, pattern);
  const u64 length = format_list(line, sizeof line, pattern, arguments);
  __builtin_va_end(arguments);
  vty::begin(0);
  for (u64 i = 0; i < length; i++) vty::put(line[i]);
  vty::drain_output();
}

}  // namespace nomad
