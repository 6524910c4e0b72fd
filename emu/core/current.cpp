// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/current.h"

namespace emu {

Current current_from(const Configuration& configuration, std::string profile) {
  Current current;
  static_cast<Configuration&>(current) = configuration;
  current.profile = std::move(profile);
  current.pending = configuration;
  return current;
}

void archive(Archive& ar, Current& current) {
  const u16 version = ar.section("current", 2);
  ar("profile", current.profile);
  archive_fields(ar, static_cast<Configuration&>(current), version);
  const u16 of_pending = ar.section("pending", 2);
  archive_fields(ar, current.pending, of_pending);
}

}  // namespace emu
