// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/messages.h"

#include "emu/core/names.h"

namespace hmc {

// Recorded wording. (docs/hmc.md, Origins)
emu::Error usage_error(std::string_view parameters) {
  return {
      "",
      fmt::format(
          "The command entered is either missing a required parameter or a parameter value is invalid. The parameters that are "
          "missing or have an invalid value are {}. Please check your entry and retry the command.",
          parameters)};
}

std::string line_of(const emu::Error& error) {
  // Codes of frames that are words, not HSCL numbers, stay out of what scripts parse.
  const std::string text = emu::shown(error.text);
  if (!error.code.starts_with("HSCL")) return text + "\n";
  return error.code + " " + text + "\n";
}

}  // namespace hmc
