// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Names of partitions and profiles.

#include <string>

#include "emu/core/result.h"

namespace hmc::attributes {

emu::Status valid_name(const std::string&);  // HSCL8018

}  // namespace hmc::attributes
