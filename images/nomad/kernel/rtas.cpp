// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/rtas.h"

#include "kernel/clock.h"
#include "kernel/cpu.h"
#include "kernel/device_tree.h"
#include "kernel/machine.h"

extern "C" {
void rtas_enter(nomad::u64 argument_buffer, nomad::u64 entry, nomad::u64 base);
extern char rtas_stub[];
}

namespace nomad::rtas {
namespace {

u64 entry = 0;
u64 base = 0;

// Real, below 4 GiB, and one call at a time (the kernel lock; during a suspension the processor that got H_CONTINUE is alone).
alignas(64) u32 buffer[19];

}  // namespace

void start() {
  const tree::Node* node = tree::find("/rtas");
  if (!node) return;
  base = tree::number(node, "linux,rtas-base", 0);
  entry = tree::number(node, "linux,rtas-entry", real_of(rtas_stub));
}

bool present(const char* service) { return tree::property(tree::find("/rtas"), service) != nullptr; }

i32 call_once(const char* service, const u32* inputs, u32 input_count, u32* results, u32 result_count) {
  const tree::Node* node = tree::find("/rtas");
  if (!tree::property(node, service)) return absent;
  buffer[0] = static_cast<u32>(tree::number(node, service, 0));
  buffer[1] = input_count;
  buffer[2] = result_count + 1;
  for (u32 i = 0; i < input_count; i++) buffer[3 + i] = inputs[i];
  u32* output = buffer + 3 + input_count;
  for (u32 i = 0; i <= result_count; i++) output[i] = 0;
  heavy_sync();
  rtas_enter(real_of(buffer), entry, base);
  heavy_sync();
  for (u32 i = 0; i < result_count; i++) results[i] = output[1 + i];
  return static_cast<i32>(output[0]);
}

i32 call(const char* service, const u32* inputs, u32 input_count, u32* results, u32 result_count) {
  for (;;) {
    const i32 status = call_once(service, inputs, input_count, results, result_count);
    if (status != -2 && (status < 9900 || status > 9905)) return status;
    clock::spin_microseconds(status == -2 || status == 9900 ? 100 : 1000);
  }
}

void stop_self() {
  // Its own buffer, and the same for all who stop: the lock is another's when they are inside.
  static u32 argument[4];
  argument[0] = static_cast<u32>(tree::number(tree::find("/rtas"), "stop-self", 0));
  argument[1] = 0;
  argument[2] = 1;
  heavy_sync();
  unlock_kernel();
  for (;;) rtas_enter(real_of(argument), entry, base);
}

i32 call(const char* service) { return call(service, nullptr, 0); }
i32 call(const char* service, u32 a) { return call(service, &a, 1); }
i32 call(const char* service, u32 a, u32 b) {
  const u32 inputs[] = {a, b};
  return call(service, inputs, 2);
}
i32 call(const char* service, u32 a, u32 b, u32 c) {
  const u32 inputs[] = {a, b, c};
  return call(service, inputs, 3);
}

}  // namespace nomad::rtas
