// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the console is as a machine. (`lshmc -v`)

#include <string_view>

namespace hmc {

inline constexpr std::string_view console_mtms = "7310-CR4*1000001";

}  // namespace hmc
