// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe balance: makes systems equally full. (Redbook 1.6.1)
#include "emu/app/commands.h"
#include "emu/app/evacuation/between.h"

namespace emu::app {

std::unique_ptr<Command> make_balance() {
  return evacuation::make_between({"balance", "No move would make the fullest system less full.",
                                   [](const auto& guests, auto rooms, const auto& wishes, auto&) {
                                     return evacuation::balanced(guests, std::move(rooms), wishes);
                                   }});
}

}  // namespace emu::app
