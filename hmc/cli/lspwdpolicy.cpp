// SPDX-License-Identifier: GPL-2.0-or-later
// lspwdpolicy: the password policies (-t p), and whether one is active (-t s).
#include "hmc/attributes/password_policy.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-t"}, {"-F", Takes::names}, {"--header", Takes::nothing}};
}  // namespace
constinit const OptionTable lspwdpolicy_options = options;

Result<int> lspwdpolicy(Call& call) {
  const users::Policies& policies = call.console.users().policies();
  const std::string what = call.options.value("-t");
  if (what == "s") {
    const std::vector<attributes::PolicyStatus> rows{{policies.active()}};
    call.print(TRY(list(attributes::password_policy_status(), rows, call.options)));
    return 0;
  }
  if (what != "p") return usage_error("-t");
  std::vector<attributes::PolicyRow> rows;
  for (users::PasswordPolicy& policy : policies.all()) {
    const bool active = policies.is_active(policy.name);
    rows.push_back({std::move(policy), active});
  }
  call.print(TRY(list(attributes::password_policy_attributes(), rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
