// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where an error of a validation is mended: the sheet, its tab and its line.

#include <string>
#include <vector>

#include "emu/app/console/sheets/sheets.h"

namespace emu::app::console {

// A partition as the HMC lists it, of the source or of the destination.
struct KnownPartition {
  std::string system, name;
  bool server = false;
  bool mover = false;
  std::string profile;  // that was activated last, else the default one
};

struct Mended {
  std::string partition, source, destination;
  bool running = false;
  std::vector<KnownPartition> known;
};

// Null: nothing that these sheets show mends it. `finding`: a code and a sentence.
Definition mending(const std::string& finding, const Mended&);

}  // namespace emu::app::console
