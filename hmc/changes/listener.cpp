// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/changes/listener.h"

#include "hmc/inventory/inventory.h"

namespace hmc {

namespace {
constexpr u64 beyond_waiting = 3 * emu::nanoseconds_per_second;  // a busy host
constexpr u32 silences_until_lost = 2;                           // frames and console start at the same time
}  // namespace

Listener::Listener(const FrameEndpoint& frame, ChangeLog& log) : frame_(frame), log_(log), heard_(log.heard_from(frame.name)) {}

bool Listener::note(emu::Change change, Heard heard) {
  change.system = frame_.name;
  if (!log_.note(std::move(change), &heard)) return false;
  heard_ = heard;
  return true;
}

bool Listener::note_connected(bool connected, Heard heard) {
  heard.connected = connected;
  return note({0, 0, emu::ChangeKind::system, "", 0, "", connected ? "Operating" : "No Connection"}, heard);
}

bool Listener::hear(u32 wait_ms) {
  const Heard known = heard_.value_or(Heard{});
  const auto told =
      ask(*frame_.link, service::ReadChanges{known.life, known.last, wait_ms}, wait_ms * emu::millisecond + beyond_waiting);
  if (!told) {
    if (++silences_ == silences_until_lost && (!heard_ || known.connected)) (void)note_connected(false, known);
    return false;
  }
  silences_ = 0;
  // Its list is another one, or has lost what we have not heard: whoever knows something of the frame looks again.
  const bool anew = !told->complete;
  if ((!known.connected || anew) && !note_connected(true, {told->life, anew ? 0 : known.last, true})) return false;
  for (const emu::Change& change : told->changes)
    if (!note(change, {told->life, change.number, true})) return false;
  return true;
}

}  // namespace hmc
