// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/command_log.h"

#include "emu/core/names.h"

#include <fmt/format.h>

namespace vios {

namespace {
constexpr size_t longest_line = 1024;
}

void CommandLog::record(const std::string& line) {
  log_.append(fmt::format("{} padmin   {}\n", log_.time("%b %d %Y, %H:%M:%S"), emu::shown_name(line.substr(0, longest_line))));
}

}  // namespace vios
