// SPDX-License-Identifier: GPL-2.0-or-later
// A virtual fibre channel adapter, which no emulated server has.
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-fcp", Takes::one_or_nothing}, {"-vadapter", Takes::one}};

Output map(const Arguments& arguments, Devices&) {
  for (const char* needed : {"-vadapter", "-fcp"})
    if (!arguments.has(needed)) return usage_error(vfcmap, std::string("Command requires option \"") + needed + "\".");
  return not_found(arguments.value("-vadapter"));
}

}  // namespace

constexpr Command vfcmap = {"vfcmap", "Maps a virtual fibre channel adapter to a physical port.",
                            "-vadapter VirtualServerAdapter -fcp FCPName", options, map};

}  // namespace vios::cli
