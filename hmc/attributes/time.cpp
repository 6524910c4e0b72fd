// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/attributes/time.h"

#include <ctime>

#include <fmt/format.h>

#include "emu/core/clock.h"

namespace hmc::attributes {

std::string time_text(u64 wall) {
  const time_t seconds = static_cast<time_t>(wall / emu::nanoseconds_per_second);
  tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:02}/{:02}/{:04} {:02}:{:02}:{:02}", parts.tm_mon + 1, parts.tm_mday, parts.tm_year + 1900, parts.tm_hour,
                     parts.tm_min, parts.tm_sec);
}

}  // namespace hmc::attributes
