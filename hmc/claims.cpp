// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/claims.h"

#include <chrono>

#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr std::chrono::seconds longest_turn{10};

}  // namespace

emu::Result<Claims::Claim> Claims::take(const std::string& uuid, const std::string& name, Kind kind) {
  std::unique_lock lock(mutex_);
  const auto held_by = [&](Kind other) {
    const auto held = held_.find(uuid);
    return held != held_.end() && held->second == other;
  };
  if (kind == Kind::in_turn) free_.wait_for(lock, longest_turn, [&] { return !held_by(Kind::in_turn); });
  if (held_.contains(uuid)) return say("HSCL3205", name);
  held_[uuid] = kind;
  return Claim(*this, uuid);
}

void Claims::give_back(const std::string& uuid) {
  const std::lock_guard lock(mutex_);
  held_.erase(uuid);
  free_.notify_all();
}

}  // namespace hmc
