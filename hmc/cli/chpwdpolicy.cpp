// SPDX-License-Identifier: GPL-2.0-or-later
// chpwdpolicy: a password policy is activated (-o a), the active one deactivated (-o d), or one changed (-o m).
#include "hmc/attributes/names.h"
#include "hmc/attributes/password_policy.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-o"}, {"-n"}, {"-i"}, {"-f", Takes::file}};

Result<int> change(Call& call, const Data& data) {
  const std::string name = data.text("name");
  if (name.empty()) return usage_error("-i (name)");
  TRY(attributes::valid_policy_name(name));
  TRY(call.console.users().policies().change(name, [&](users::PasswordPolicy& policy) {
    return attributes::assign_to_policy(policy, attributes::By::changing, data.all());
  }));
  return 0;
}

}  // namespace
constinit const OptionTable chpwdpolicy_options = options;

Result<int> chpwdpolicy(Call& call) {
  users::Policies& policies = call.console.users().policies();
  const std::string operation = call.options.value("-o");
  const std::string name = call.options.value("-n");
  const bool data = call.options.has("-i") || call.options.has("-f");
  if (data != (operation == "m")) return usage_error("-i, -f");
  if (call.options.has("-n") != (operation == "a")) return usage_error("-n");
  if (operation == "m") return for_each_input(call, change);
  if (operation == "d") {
    TRY(policies.deactivate());
    return 0;
  }
  if (operation != "a") return usage_error("-o");
  TRY(attributes::valid_policy_name(name));
  TRY(policies.activate(name));
  return 0;
}

}  // namespace hmc::cli
