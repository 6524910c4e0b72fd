// SPDX-License-Identifier: GPL-2.0-or-later
// rmpwdpolicy: removes a password policy that is not active.
#include "hmc/attributes/names.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-n"}};
}  // namespace
constinit const OptionTable rmpwdpolicy_options = options;

Result<int> rmpwdpolicy(Call& call) {
  const std::string name = call.options.value("-n");
  if (name.empty()) return usage_error("-n");
  TRY(attributes::valid_policy_name(name));
  TRY(call.console.users().policies().remove(name));
  return 0;
}

}  // namespace hmc::cli
