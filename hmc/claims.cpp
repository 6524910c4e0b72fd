// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/claims.h"

#include "hmc/messages.h"

namespace hmc {

emu::Result<Claims::Claim> Claims::take(const std::string& uuid, const std::string& name, Kind kind) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(uuid);
  if (held != held_.end() && (held->second.alone || kind == Kind::alone)) return say("HSCL3205", name);
  Held& mine = held_[uuid];
  mine.alone = kind == Kind::alone;
  if (kind == Kind::shared) ++mine.shared;
  return Claim(*this, uuid, kind);
}

void Claims::give_back(const std::string& uuid, Kind kind) {
  const std::lock_guard lock(mutex_);
  const auto held = held_.find(uuid);
  if (kind == Kind::shared && --held->second.shared > 0) return;
  held_.erase(held);
}

}  // namespace hmc
