// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/set_password.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/clock.h"
#include "hmc/messages.h"
#include "hmc/users/password.h"

namespace hmc::users {

namespace {

constexpr u64 day = 86'400 * emu::nanoseconds_per_second;

// The policies of a real console are not for hscroot either.
const PasswordPolicy* policy_for(const User& user, const PasswordPolicy* policy) { return user.is_hscroot() ? nullptr : policy; }

}  // namespace

bool older_than(u64 since, u32 days, u64 now) { return days && days < never_expires && now > since + days * day; }

bool has_expired(const User& user, const PasswordPolicy* policy, u64 now) {
  const PasswordPolicy* rules = policy_for(user, policy);
  return older_than(user.password_set, std::min(user.pwage, rules ? rules->pwage : never_expires), now);
}

emu::Status set_password(User& user, const std::string& password, const PasswordPolicy* policy, By by, u64 now) {
  const PasswordPolicy* rules = policy_for(user, policy);
  if (const std::string rule = broken_rule(password, rules); !rule.empty()) return say("HSCLF059", rule);
  const u32 least_age = std::max(user.min_pwage, rules ? rules->min_pwage : 0);
  if (by == By::user && !user.password.empty() && now < user.password_set + least_age * day)
    return say("HSCLF059", fmt::format("the present one must be used for {} days", least_age));
  std::vector<std::string> former = user.former_passwords;
  if (!user.password.empty()) former.insert(former.begin(), user.password);
  const size_t compared = std::min<size_t>(former.size(), rules ? rules->hist_size : 0);
  for (size_t i = 0; i < compared; ++i)
    if (matches(password, former[i]))
      return say("HSCLF059", fmt::format("it is one of the last {}, which cannot be used again", rules->hist_size));
  user.password = TRY(hash_of(password));
  if (former.size() > longest_history) former.resize(longest_history);
  user.former_passwords = std::move(former);
  user.password_set = now;
  return emu::success();
}

}  // namespace hmc::users
