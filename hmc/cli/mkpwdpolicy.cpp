// SPDX-License-Identifier: GPL-2.0-or-later
// mkpwdpolicy: a new password policy. It is not active yet.
#include "hmc/attributes/names.h"
#include "hmc/attributes/password_policy.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-i"}, {"-f", Takes::file}};

Result<int> make(Call& call, const Data& data) {
  users::PasswordPolicy policy;
  policy.name = data.text("name");
  if (policy.name.empty()) return usage_error("-i (name)");
  TRY(attributes::valid_policy_name(policy.name));
  TRY(attributes::assign_to_policy(policy, attributes::By::making, data.all()));
  TRY(call.console.users().policies().add(policy));
  return 0;
}

}  // namespace
constinit const OptionTable mkpwdpolicy_options = options;

Result<int> mkpwdpolicy(Call& call) { return for_each_input(call, make); }

}  // namespace hmc::cli
