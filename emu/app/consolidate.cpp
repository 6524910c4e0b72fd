// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe consolidate: as few systems as possible have partitions. (Redbook 1.6.1)
#include "emu/app/commands.h"
#include "emu/app/evacuation/between.h"

namespace emu::app {

std::unique_ptr<Command> make_consolidate() {
  return evacuation::make_between({"consolidate", "No system can be emptied.", evacuation::consolidated});
}

}  // namespace emu::app
