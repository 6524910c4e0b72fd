// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Part of the service link: emu/link/service.h.

#include "emu/core/fields.h"

namespace emu::service {

// Requests without content, and replies that only say "done".
struct Empty {
  FIELDS(Empty)
};

}  // namespace emu::service
