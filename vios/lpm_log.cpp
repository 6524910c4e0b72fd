// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/lpm_log.h"

#include <fmt/format.h>

namespace vios {

void LpmLog::record(u64 stream, const std::string& line) {
  log_.append(fmt::format("{} migmover {:#x}: {}\n", log_.time("%a %b %e %H:%M:%S %Y"), stream, line));
}

}  // namespace vios
