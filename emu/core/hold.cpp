// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/hold.h"

namespace emu {

void archive(Archive& ar, Hold& hold) {
  auto& [vios_id, client_id, mover, disks, vlans] = hold;
  ar.section("hold", 1);
  ar("vios_id", vios_id);
  ar("client_id", client_id);
  ar("mover", mover);
  ar("disks", disks);
  ar("vlans", vlans);
}

}  // namespace emu
