// SPDX-License-Identifier: GPL-2.0-or-later
// lspartition -dlpar: the partitions that RMC knows. (docs/hmc.md, lspartition)
#include <fmt/format.h>

#include "emu/core/ios_level.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
// -dlpar is one word with one dash.
constexpr Option options[] = {{"-dlpar", Takes::nothing}};

// Of a server that has not told its level yet, nothing.
std::string aix_of(const Lpar& vios) {
  const std::string level = vios.os_version.substr(vios.os_version.rfind(' ') + 1);
  const std::string_view aix = emu::aix_under(level);
  return emu::ios_level_from(level) ? fmt::format("AIX {}.{}", aix[0], aix[1]) : "AIX ";
}

}  // namespace
constinit const OptionTable lspartition_options = options;

Result<int> lspartition(Call& call) {
  if (!call.options.has("-dlpar")) return usage_error("-dlpar");
  const Inventory inventory = call.inventory(Detail::vios);
  u32 number = 0;
  for (const System& system : inventory.systems) {
    for (const Lpar& lpar : system.lpars) {
      if (lpar.rmc == RmcState::none || lpar.off()) continue;
      const bool active = lpar.rmc == RmcState::active;
      // Under a Virtual I/O Server is an AIX, which is what RMC knows of it.
      const std::string told = lpar.is_vios() ? aix_of(lpar) : lpar.os_version;
      const std::string os = told.substr(0, told.find(' '));
      const std::string level = told.find(' ') == std::string::npos ? "" : told.substr(told.find(' ') + 1);
      // DCaps: what dynamic reconfiguration it can do; here partition mobility, of a Virtual I/O Server also hosting.
      call.print(fmt::format(
          "<#{}> Partition:<{}*{}, {}, {}>\n       Active:<{}>, OS:<{}, {}>, DCaps:<{}>, CmdCaps:<0x0, 0x0>, PinnedMem:<0>\n",
          number++, lpar.id(), system.mtms(), lpar.name(), lpar.info.definition.ip_address, active ? 1 : 0, os, level,
          lpar.is_vios() ? "0x4f9f" : "0x2c5f"));
    }
  }
  return 0;
}

}  // namespace hmc::cli
