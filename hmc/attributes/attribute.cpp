// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/attribute.h"

#include <array>

namespace hmc::attributes {

std::string_view name_of(Type type) {
  constexpr std::array<std::string_view, 7> names{"text", "number", "MiB", "units", "0 or 1", "word", "list"};
  return names[static_cast<size_t>(type)];
}

std::string_view name_of(Settable settable) {
  constexpr std::array<std::string_view, 6> names{"", "names it", "mk, ch", "ch", "chhwres -o a", "chhwres -o a, s"};
  return names[static_cast<size_t>(settable)];
}

}  // namespace hmc::attributes
