// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the console is as a machine. (`lshmc -v`)

#include <string>
#include <string_view>

#include "emu/core/identity.h"

namespace hmc {

inline constexpr std::string_view console_model = "7310-CR4";

// Consoles of one lab are different machines.
inline std::string console_serial(const std::string& name) { return name == "hmc" ? "1000001" : emu::derived_serial(name); }
inline std::string console_mtms(const std::string& name) { return std::string(console_model) + "*" + console_serial(name); }

}  // namespace hmc
