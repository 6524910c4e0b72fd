// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Names of partitions and profiles, of users and password policies. An error is HSCLF018.

#include <string>

#include "emu/core/result.h"

namespace hmc::attributes {

emu::Status valid_name(const std::string&);
emu::Status valid_user_name(const std::string&);
emu::Status valid_policy_name(const std::string&);

}  // namespace hmc::attributes
