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
  ar.section("current", 1);
  ar("profile", current.profile);
  archive_fields(ar, static_cast<Configuration&>(current));
  ar.section("pending", 1);
  archive_fields(ar, current.pending);
}

}  // namespace emu
