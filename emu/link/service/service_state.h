// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a service processor keeps for consoles.

#include "emu/core/departed.h"
#include "emu/core/service_state.h"
#include "emu/link/service/empty.h"

namespace emu::service {

struct ReadServiceState {
  using Reply = ServiceState;
  FIELDS(ReadServiceState)
};
// Code "changed-meanwhile": it is not `before` any more, because another console has changed it.
struct WriteServiceState {
  using Reply = Empty;
  ServiceState before;
  ServiceState after;
  FIELDS(WriteServiceState, before, after)
};

// Whether the system takes partitions of others in.
struct SetMaintenance {
  using Reply = Empty;
  bool on = false;
  FIELDS(SetMaintenance, on)
};
// Partitions that were here.
struct ListDeparted {
  using Reply = DepartedList;
  FIELDS(ListDeparted)
};

}  // namespace emu::service
