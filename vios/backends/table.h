// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which backend a Virtual I/O Server has for each kind of adapter.

#include <memory>
#include <vector>

#include "vios/backends/backend.h"

namespace vios {

class Devices;

std::vector<std::unique_ptr<Backend>> make_backends(Devices&);

}  // namespace vios
