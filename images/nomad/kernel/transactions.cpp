// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernel/transactions.h"

#include "kernel/device_tree.h"
#include "kernel/machine.h"

namespace nomad::transactions {
namespace {

enum : u32 { spr_tfhar = 128, spr_tfiar = 129, spr_texasr = 130 };

bool available = false;

}  // namespace

void start() {
  // Two bytes of header, then a byte for eight features: the first of byte 22.
  const tree::Property* features = tree::property(tree::next_of_type(nullptr, "cpu"), "ibm,pa-features");
  available = features && features->length > 24 && features->value[24] & 0x80;
}

u64 user_msr() { return available ? MSR_TM : 0; }

void save(State& state) {
  if (!available) return;
  const u64 msr = read_msr();
  write_msr(msr | MSR_TM);
  state = {read_spr<spr_tfhar>(), read_spr<spr_tfiar>(), read_spr<spr_texasr>()};
  write_msr(msr);
}

void restore(const State& state) {
  if (!available) return;
  const u64 msr = read_msr();
  write_msr(msr | MSR_TM);
  write_spr<spr_tfhar>(state.handler);
  write_spr<spr_tfiar>(state.failing_instruction);
  write_spr<spr_texasr>(state.status);
  write_msr(msr);
}

}  // namespace nomad::transactions
