// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The console: everything that it knows of a lab, and the window in which it is shown. A viewer: it may be opened, closed and
// killed at any moment; what it does, it does as any other user of the HMC and of the service links would.

#include "emu/app/console_options.h"
#include "emu/app/labs.h"
#include "emu/core/clock.h"

namespace emu::app::console {

// Shows a lab until the window is closed, or what the options ask for is done. An error: it could not be shown.
Status show_lab(const NamedLab&, const ConsoleOptions&, const Clock&);

}  // namespace emu::app::console
