// SPDX-License-Identifier: GPL-2.0-or-later
#include "devices/vty.h"

namespace devices {

Node Vty::describe() const { return common("vty", "serial", {"hvterm1"}); }

size_t Vty::type(std::span<const u8> keys) {
  const std::lock_guard lock(mutex_);
  const size_t taken = std::min(keys.size(), input_limit - std::min(input_limit, state_.input.size()));
  const bool was_empty = state_.input.empty();
  state_.input.insert(state_.input.end(), keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(taken));
  if (was_empty && taken) slot_.raise();
  return taken;
}

size_t Vty::read(std::span<u8> to) {
  const std::lock_guard lock(mutex_);
  const size_t count = std::min(to.size(), state_.input.size());
  std::copy_n(state_.input.begin(), count, to.begin());
  state_.input.erase(state_.input.begin(), state_.input.begin() + static_cast<std::ptrdiff_t>(count));
  // More is there than one call can take: a guest that reads once per interrupt must get another one.
  if (count && !state_.input.empty()) slot_.raise();
  return count;
}

void archive(emu::Archive& ar, VtyState& vty) {
  auto& [input] = vty;
  ar.section("vty", 1);
  ar("input", input);
  if (ar.loading() && input.size() > Vty::input_limit) ar.fail("is more than the terminal holds");
}

void Vty::archive(emu::Archive& ar) {
  const std::lock_guard lock(mutex_);
  devices::archive(ar, state_);
}

}  // namespace devices
