// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/backends/virtual_ethernet.h"
#include "vios/cli/command.h"
#include "vios/volume_groups.h"

#include <fmt/format.h>

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-L", Takes::nothing}, {"-M", Takes::nothing}, {"-a", Takes::nothing}, {"-m", Takes::nothing},
                              {"-n", Takes::nothing}, {"-p", Takes::nothing}, {"-r", Takes::nothing}, {"-s", Takes::nothing},
                              {"-u", Takes::nothing}, {"-v", Takes::nothing}};

// Under the server is an AIX 6.1.
Output print(const Arguments& arguments, Devices& devices) {
  const emu::LparDefinition& own = devices.partition().definition();
  const bool all = arguments.has("-a");
  std::string text;
  const auto add = [&](bool wanted, const std::string& part) {
    if (wanted) text += (text.empty() ? "" : " ") + part;
  };
  bool nothing = true;
  for (const Option& each : options) nothing = nothing && !arguments.has(each.name);
  add(all || nothing || arguments.has("-s"), "AIX");
  add(all || arguments.has("-n"), devices.ethernet().host_name());
  add(all || arguments.has("-r"), "1");
  add(all || arguments.has("-v"), "6");
  add(all || arguments.has("-m"), machine_id(devices.setup().serial_num));
  add(arguments.has("-p"), "powerpc");
  add(arguments.has("-L"), fmt::format("{} {}", own.lpar_id, own.name));
  add(arguments.has("-M"), "IBM," + devices.setup().type_model);
  add(arguments.has("-u"), "IBM,02" + devices.setup().serial_num);
  return {0, text + "\n"};
}

}  // namespace

constexpr Command uname = {"uname", "Displays the names of the system.", "[-a] [-L] [-M] [-m] [-n] [-p] [-r] [-s] [-u] [-v]",
                           options, print};

}  // namespace vios::cli
