// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the machine was doing when an exception came, as vectors.S stores it.
#include "kernel/offsets.h"
#include "lib/types.h"

namespace nomad {

struct SavedRegisters {
  u64 gpr[32];
  u64 nip, msr, lr, ctr, cr, xer, vector, unused;
  bool from_user() const { return msr & MSR_PR; }
};

static_assert(sizeof(SavedRegisters) == SAVED_BYTES);
static_assert(__builtin_offsetof(SavedRegisters, nip) == SAVED_NIP && __builtin_offsetof(SavedRegisters, vector) == SAVED_VECTOR);

}  // namespace nomad
