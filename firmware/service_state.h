// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the service processor keeps for consoles: how it begins, and what it may become. Pure.

#include <string>

#include "emu/core/result.h"
#include "emu/core/service_state.h"

namespace firmware {

inline constexpr const char* changed_meanwhile_code = "changed-meanwhile";

// Of a system that comes from the factory.
// `firmware`: its level, such as 01EM320_031; empty: the first one of its model.
emu::ServiceState first_service_state(const std::string& type_model, const std::string& firmware);

// `now` is changed from what it was into something else. An error: it is not what it was any more, or that cannot be.
emu::Status may_become(const emu::ServiceState& now, const emu::ServiceState& before, const emu::ServiceState& after);

// A partition has come to state "Error": its LED is on, and with it those of the system.
emu::ServiceState lit_for(emu::ServiceState, u32 lpar_id);
// The system has started: what is installed runs.
emu::ServiceState started(emu::ServiceState);

}  // namespace firmware
