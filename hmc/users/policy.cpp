// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/policy.h"

#include <algorithm>

#include <fmt/format.h>

namespace hmc::users {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_special(char c) { return !is_digit(c) && !is_upper(c) && !is_lower(c); }

struct Kind {
  std::string_view what;
  bool (*is)(char);
  u32 PasswordPolicy::*least;
};
constexpr Kind kinds[] = {
    {"digits", is_digit, &PasswordPolicy::min_digits},
    {"uppercase characters", is_upper, &PasswordPolicy::min_uppercase_chars},
    {"lowercase characters", is_lower, &PasswordPolicy::min_lowercase_chars},
    {"special characters", is_special, &PasswordPolicy::min_special_chars},
};

}  // namespace

std::string broken_rule(const std::string& password, const PasswordPolicy* policy) {
  const u32 least = std::max(shortest_password, policy ? policy->min_length : 0);
  if (password.size() < least || password.size() > longest_password)
    return fmt::format("a password has {} to {} characters", least, longest_password);
  if (std::ranges::any_of(password, [](char c) { return c < ' ' || c > '~'; }))
    return "a password has letters, digits, punctuation and blanks of ASCII";
  if (!policy) return "";
  for (const Kind& kind : kinds)
    if (std::ranges::count_if(password, kind.is) < static_cast<ptrdiff_t>(policy->*kind.least))
      return fmt::format("a password has at least {} {}", policy->*kind.least, kind.what);
  return "";
}

std::string broken_rule(const PasswordPolicy& policy) {
  if (policy.min_length < shortest_password || policy.min_length > longest_password)
    return fmt::format("min_length is {} to {}", shortest_password, longest_password);
  if (policy.hist_size > longest_history) return fmt::format("hist_size is at most {}", longest_history);
  if (policy.pwage == 0 || policy.pwage > never_expires) return fmt::format("pwage is 1 to {}", never_expires);
  if (policy.min_pwage > policy.pwage) return "min_pwage is not more than pwage";
  u64 together = 0;
  for (const Kind& kind : kinds) together += policy.*kind.least;
  if (together > longest_password)
    return fmt::format("the characters that a password must have are not more than {}", longest_password);
  return "";
}

}  // namespace hmc::users
