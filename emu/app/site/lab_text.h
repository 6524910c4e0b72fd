// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A site as the text of a lab file.

#include <string>
#include <vector>

#include "emu/app/site/folder.h"

namespace emu::app::site {

struct LabText {
  std::string text;
  std::vector<std::string> notes;  // what is not as it is there, a line each; they are in the text too
};

struct LabWishes {
  std::string name;   // of the lab
  std::string guest;  // what client partitions boot; empty: nothing, and they are off
};

Result<LabText> lab_of(const Site&, const LabWishes&);

}  // namespace emu::app::site
