// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the checks of a migration, or of a remote restart, have found: as a command prints it.

#include "hmc/lpm/checks.h"
#include "hmc/messages.h"

namespace hmc::cli {

inline std::string report(const Findings& findings, bool warnings) {
  std::string text;
  for (const auto& [severity, title] : {std::pair{Severity::error, "Errors:\n"}, std::pair{Severity::warning, "Warnings:\n"}}) {
    if (severity == Severity::warning && !warnings) continue;
    bool first = true;
    for (const Finding& finding : findings) {
      if (finding.severity != severity) continue;
      if (first) text += title;
      first = false;
      text += line_of(finding.message);
    }
  }
  return text;
}

}  // namespace hmc::cli
