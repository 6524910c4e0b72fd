// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr std::string_view lpm_type = "lpm";
constexpr Option options[] = {{"-L", Takes::nothing}, {"-o", Takes::nothing}, {"-t", Takes::one}};

Output show(const Arguments& arguments, Devices& devices) {
  const std::string type = arguments.value("-t");
  if (arguments.has("-t") && type != lpm_type) return failure("alog: there is no log of type " + type + ".");
  if (arguments.has("-L") && !arguments.has("-o")) return {0, std::string(lpm_type) + "\n"};
  if (!arguments.has("-o") || !arguments.has("-t") || arguments.has("-L"))
    return usage_error(alog, "A log is shown with options \"-o\" and \"-t\".");
  return {0, devices.lpm_log().text()};
}

}  // namespace

constexpr Command alog = {"alog", "Shows the log of a type.", "-o -t LogType\n       alog -L [-t LogType]", options, show};

}  // namespace vios::cli
