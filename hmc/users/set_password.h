// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A user's password: how it is changed, and for how long it is good.

#include "emu/core/result.h"
#include "hmc/users/policy.h"

namespace hmc::users {

// Who changes it: the user, or an administrator, whom no minimum age holds up.
enum class By : u8 { user = 1, administrator };

// `policy`: the active one, or null. An error says which rule stands against it, and never the password.
emu::Status set_password(User&, const std::string& password, const PasswordPolicy* policy, By, u64 now);

bool has_expired(const User&, const PasswordPolicy* policy, u64 now);

// True if more days than that have passed; 0 and never_expires are no days.
bool older_than(u64 since, u32 days, u64 now);

}  // namespace hmc::users
