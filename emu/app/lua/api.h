// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The parts of the scripts' API. Each is in the file of its theme; api.cpp has the list.

#include "emu/app/lua/script.h"

namespace emu::app::lua {

extern const Type checks_type;      // check, check_equal, wait_until ... (globals)
extern const Type json_type;        // json.
extern const Type labs_type;        // lab.
extern const Type lab_type;         // lab:
extern const Type terminal_type;    // console:
extern const Type task_type;        // task:
extern const Type pinger_type;      // pinger:
extern const Type connection_type;  // stream:
extern const Type viewer_type;      // window:
extern const Type watch_type;       // watch:

}  // namespace emu::app::lua
