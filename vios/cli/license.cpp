// SPDX-License-Identifier: GPL-2.0-or-later
// SIMPLIFIED: every command runs without the acceptance. It is stored, and shown.
#include "vios/cli/command.h"

#include <ctime>

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-accept", Takes::nothing}, {"-lang", Takes::one}, {"-view", Takes::nothing}};

Output show(const Arguments& arguments, Devices& devices) {
  const bool accept = arguments.has("-accept");
  if (accept && arguments.has("-view")) return usage_error(license, "Options -accept and -view exclude each other.");
  if (arguments.has("-lang") && !accept && !arguments.has("-view"))
    return usage_error(license, "Option -lang requires -accept or -view.");
  if (arguments.has("-lang") && arguments.value("-lang") != "en_US" && arguments.value("-lang") != "C")
    return failure(fmt::format("license: the license is not there in the language \"{}\".", arguments.value("-lang")));
  if (arguments.has("-view"))
    return {0,
            "This Virtual I/O Server is a part of Twinframe, which is licensed under the GNU General Public License,\n"
            "version 2 or later.\n"};
  if (accept) {
    if (!devices.license_accepted())
      if (auto accepted = devices.accept_license(); !accepted) return failure(license, accepted.error());
    return {};
  }
  if (!devices.license_accepted()) return {0, "The license has not been accepted.\n"};
  const auto seconds = static_cast<std::time_t>(devices.license_accepted() / emu::nanoseconds_per_second);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char time[64];
  return {0, fmt::format("The license has been accepted\nen_US {} 10(padmin)\n",
                         std::string{time, std::strftime(time, sizeof time, "%Y/%m/%d %H:%M:%S", &parts)})};
}

}  // namespace

constexpr Command license = {"license", "Views and accepts the license agreement.", "[-view | -accept] [-lang Name]", options,
                             show};

}  // namespace vios::cli
