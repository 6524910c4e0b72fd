// SPDX-License-Identifier: GPL-2.0-or-later
// lshmcldap: the LDAP server that knows users of the console: there is none. (hmc/users/user.h)
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-r"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};
}
constinit const OptionTable lshmcldap_options = options;

Result<int> lshmcldap(Call& call) {
  const std::string what = call.options.value("-r");
  if (what != "config" && what != "user") return usage_error("-r");
  if (call.options.has("--filter") && what != "user") return usage_error("--filter");
  return say("HSCLF0B4");
}

}  // namespace hmc::cli
