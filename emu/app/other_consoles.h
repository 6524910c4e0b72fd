// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How the consoles of a lab reach each other (hmc/consoles/remote.h): over the same link that commands come by.

#include <memory>

#include "emu/app/hmc_link.h"
#include "emu/app/labs.h"
#include "hmc/consoles/guest.h"
#include "hmc/consoles/remote.h"

namespace emu::app {

// A console is found by the address that its ssh server has, or by its name. `self`: the lab's number of the one that asks.
std::shared_ptr<hmc::RemoteConsoles> other_consoles(const NamedLab& lab, size_t self);

// The other end: answers what comes over the channel after MeetConsole, until it is closed, or `ending` says so.
Status serve_console(Channel&, hmc::Hmc&, const std::string& name, const hmc_link::MeetConsole&,
                     const std::function<bool()>& ending);

}  // namespace emu::app
