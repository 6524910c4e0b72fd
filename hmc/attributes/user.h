// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The attributes of a user of the console, and what new users get. (`lshmcusr mkhmcusr chhmcusr`)

#include <span>

#include "hmc/attributes/attribute.h"
#include "hmc/users/set_password.h"

namespace hmc::attributes {

struct UserRow {
  const users::User* user = nullptr;
  bool disabled = false;  // as things are now
};

struct UserChange {
  users::User& user;
  const users::PasswordPolicy* policy = nullptr;  // the active one, if one is
  users::By by = users::By::administrator;
  u64 now = 0;
};

std::span<const Attribute<UserRow, UserChange>> user_attributes();
std::span<const Attribute<users::UserDefaults>> user_defaults_attributes();

}  // namespace hmc::attributes
