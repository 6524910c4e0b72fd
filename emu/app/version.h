// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which Twinframe this is. version.cmake writes version.cpp into the build; the number is that of project() in CMakeLists.txt.

#include <string_view>

namespace emu::app {

// Such as `twinframe 0.2.0 (4751985, 2026-11-28)`: the commit and its date, where the build finds a git repository.
std::string_view version();

}  // namespace emu::app
