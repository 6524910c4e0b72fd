// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/messages.h"

#include "emu/core/names.h"
#include "hmc/frame_link.h"

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

emu::Error with_code(const emu::Error& error) {
  if (error.code.empty() || error.code.starts_with("HSCL")) return error;
  if (error.code == "journal" || error.code == "witness" || error.code == "odm") return say("HSCLF019", error.text);
  if (no_answer(error)) return say("HSCLF01B", error.code == "absent" ? "It does not run." : error.text);
  return say("HSCLF01A", error.text);
}

std::string line_of(const emu::Error& error) {
  const emu::Error coded = with_code(error);
  const std::string text = emu::shown(coded.text) + "\n";
  return coded.code.empty() ? text : coded.code + " " + text;
}

}  // namespace hmc
