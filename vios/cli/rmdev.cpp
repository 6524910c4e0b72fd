// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-dev", Takes::one}, {"-recursive", Takes::nothing}, {"-ucfg", Takes::nothing}};

// An adapter that stays plugged, or a disk that the SAN still shows: the next cfgdev finds it, as on a real server.
Output remove(const Arguments& arguments, Devices& devices) {
  const std::string name = arguments.value("-dev");
  if (name.empty()) return usage_error(rmdev, "Command requires option \"-dev\".");
  if (!devices.exists(name)) return not_found(name);
  const bool keep = arguments.has("-ucfg");
  const auto removed = devices.remove(name, keep ? Absence::defined : Absence::deleted, arguments.has("-recursive"));
  if (!removed) return failure(rmdev, removed.error());
  std::string text;
  for (const std::string& each : *removed) text += each + (keep ? " Defined\n" : " deleted\n");
  return {0, text};
}

}  // namespace

constexpr Command rmdev = {"rmdev", "Removes a device from the system.", "-dev DeviceName [-recursive] [-ucfg]", options, remove};

}  // namespace vios::cli
