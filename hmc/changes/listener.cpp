// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/changes/listener.h"

#include "hmc/inventory/inventory.h"

namespace hmc {

namespace {
constexpr u64 beyond_waiting = 3 * emu::nanoseconds_per_second;  // a busy host
}

void Listener::note_system(std::string_view state) {
  log_.note({0, 0, emu::ChangeKind::system, frame_.name, 0, "", std::string(state)});
}

bool Listener::hear(u32 wait_ms) {
  auto heard =
      ask(*frame_.link, service::ReadChanges{heard_.life, heard_.last, wait_ms}, wait_ms * emu::millisecond + beyond_waiting);
  if (!heard) {
    if (connected_ != false) note_system(name_of_system(false));
    connected_ = false;
    return false;
  }
  // A frame that has begun anew, or that was not heard for too long, is another one than it was: whoever knows of it looks again.
  if (connected_ != true || !heard->complete) note_system(name_of_system(true));
  connected_ = true;
  heard_.life = heard->life;
  for (emu::Change& change : heard->changes) {
    change.system = frame_.name;
    heard_.last = change.number;
    log_.note(std::move(change), heard_);
  }
  heard_.last = heard->last;
  return true;
}

}  // namespace hmc
