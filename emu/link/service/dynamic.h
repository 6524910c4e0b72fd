// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Dynamic operations: what a partition that runs is given, or gives back. Its profiles stay as they are.

#include "emu/core/fields.h"
#include "emu/core/partition_profile.h"
#include "emu/link/service/empty.h"

namespace emu::service {

// Where it was plugged in: the slot that it names.
struct AdapterSlot {
  u32 slot = 0;
  FIELDS(AdapterSlot, slot)
};
struct AddAdapter {
  using Reply = AdapterSlot;
  u32 lpar_id = 0;
  VirtualAdapter adapter;
  FIELDS(AddAdapter, lpar_id, adapter)
};
struct RemoveAdapter {
  using Reply = Empty;
  u32 lpar_id = 0;
  u32 slot = 0;
  FIELDS(RemoveAdapter, lpar_id, slot)
};

}  // namespace emu::service
