// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The way to a frame that keeps the rule of two consoles (Redbook 5.3): while one of them changes something at a managed system, it has
// the system's lock, and the other one is refused and told the name of the holder. All that this console does there at the same
// time shares one lock, which is given back when the last of them has ended.

#include <memory>
#include <mutex>
#include <string>

#include "hmc/frame_link.h"

namespace hmc {

// Only who holds the lock may ask this, while somebody does.
inline bool is_change(const service::Request& request) {
  return std::visit([]<class R>(const R&) { return service::is_change<R>; }, request);
}

// `console`: by which name it has the lock. What the link itself is asked goes through `link`.
std::unique_ptr<FrameLink> with_system_lock(std::unique_ptr<FrameLink> link, std::string console);

}  // namespace hmc
