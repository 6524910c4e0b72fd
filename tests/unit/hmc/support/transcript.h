// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What commands print, held against approved text files. TWINFRAME_APPROVE=1 in the environment writes them anew.

#include <string>
#include <vector>

#include "tests/support/approved.h"
#include "tests/support/places.h"
#include "tests/unit/hmc/support/world.h"

namespace world {

inline std::string transcript(World& world, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    const Answer answer = world.hmc(line);
    text += "$ " + line + "\n" + answer.text + (answer.code ? "[exit " + std::to_string(answer.code) + "]\n" : "");
  }
  return text;
}

inline void approved(const std::string& name, const std::string& text) {
  support::approved(support::checkout() / "tests/unit/hmc/baselines" / (name + ".txt"), text);
}

}  // namespace world
