// SPDX-License-Identifier: GPL-2.0-or-later
// No port of an emulated server has N_Port ID virtualization. (IBM documentation, "lsnports command": its exit status)
#include "vios/cli/command.h"

namespace vios::cli {

namespace {

constexpr Option options[] = {{"-field", Takes::many}, {"-fmt", Takes::one}};

constexpr std::string_view fields[] = {"name", "physloc", "fabric", "tports", "aports", "swwpns", "awwpns"};

Output list(const Arguments& arguments, Devices&) {
  if (auto chosen = chosen_fields(arguments, fields); !chosen) return usage_error(lsnports, chosen.error().text);
  constexpr int no_such_ports = 62;
  return {no_such_ports, "E_NO_NPIV_PORTS(62)\n"};
}

}  // namespace

constexpr Command lsnports = {"lsnports", "Lists available ports that are capable of N_Port ID virtualization.",
                              "[-field FieldName ...] [-fmt Delimiter]", options, list};

}  // namespace vios::cli
