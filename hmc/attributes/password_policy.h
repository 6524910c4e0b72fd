// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The attributes of a password policy, and of which one is active. (`lspwdpolicy mkpwdpolicy chpwdpolicy`)

#include <optional>
#include <span>

#include "hmc/attributes/attribute.h"
#include "hmc/users/policy.h"

namespace hmc::attributes {

struct PolicyRow {
  users::PasswordPolicy policy;
  bool active = false;
};

// What is of the policies as a whole.
struct PolicyStatus {
  std::optional<users::PasswordPolicy> active;
};

std::span<const Attribute<PolicyRow, users::PasswordPolicy>> password_policy_attributes();
std::span<const Attribute<PolicyStatus>> password_policy_status();

// The policy is as it was, or obeys its rules.
emu::Status assign_to_policy(users::PasswordPolicy&, By, std::span<const Assignment>);

}  // namespace hmc::attributes
