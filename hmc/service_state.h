// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a system's service processor keeps for its consoles (emu/core/service_state.h), read and changed from here.

#include <functional>

#include "emu/core/service_state.h"
#include "hmc/frame_link.h"

namespace hmc {

Result<emu::ServiceState> service_state(FrameLink&);
// If another console changes it at the same time, the change is made to what that one has left.
Status change_service_state(FrameLink&, const std::function<Status(emu::ServiceState&)>& change);

}  // namespace hmc
