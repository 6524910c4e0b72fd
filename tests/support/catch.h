// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The one place that knows which Catch2 is installed: 2.13 on Debian 12, 3 on Debian 13.
// Assertions are smaller, and compiled faster: what throws ends the case, not only the assertion.
#define CATCH_CONFIG_FAST_COMPILE
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
// What version 2 calls so.
namespace Catch {
using Matchers::StartsWith;
inline auto Contains(const std::string& text) { return Matchers::ContainsSubstring(text); }
}  // namespace Catch
#else
#include <catch2/catch.hpp>
#endif
