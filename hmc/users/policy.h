// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A password policy: what passwords must be like, and for how long they are good. At most one is active, and it is not for hscroot.
// Attributes as lspwdpolicy names them.

#include <string>
#include <string_view>

#include "emu/core/fields.h"
#include "hmc/users/user.h"

namespace hmc::users {

// Ours: nothing says what a real console allows.
constexpr bool is_policy_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' || c == '.' || c == '-' ||
           c == '_';
  };
  return !name.empty() && name.size() <= 63 && name.front() != ' ' && name.back() != ' ' && std::ranges::all_of(name, allowed);
}
inline constexpr std::string_view policy_name_rule =
    "the name of a password policy has 1 to 63 letters, digits, blanks, dots, - and _, and no blank at either end";

struct PasswordPolicy {
  std::string name;
  std::string description;
  u32 min_pwage = 0;  // days
  u32 pwage = never_expires;
  u32 min_length = 8;
  u32 hist_size = 0;  // passwords
  // SIMPLIFIED: kept, and nobody is warned at a log-in.
  u32 warn_pwage = 7;  // days
  u32 min_digits = 0;
  u32 min_uppercase_chars = 0;
  u32 min_lowercase_chars = 0;
  u32 min_special_chars = 0;
  FIELDS(PasswordPolicy, name, description, min_pwage, pwage, min_length, hist_size, warn_pwage, min_digits, min_uppercase_chars,
         min_lowercase_chars, min_special_chars)
};

inline constexpr u32 shortest_password = 8;
inline constexpr u32 longest_password = 32;
inline constexpr u32 longest_history = 50;

// Is on every console, and cannot be removed. (docs/references.md, Programs and recordings)
inline const PasswordPolicy medium_security{
    "HMC Medium Security Password Policy", "HMC Medium Security Password Policy", 1, 180, 8, 10, 7, 0, 1, 6, 0};

// The rule that the password breaks; empty: none. What former passwords were is not looked at. Null: no policy is active.
std::string broken_rule(const std::string& password, const PasswordPolicy*);

// The rule that the policy itself breaks; empty: none.
std::string broken_rule(const PasswordPolicy&);

}  // namespace hmc::users
