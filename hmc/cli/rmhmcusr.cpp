// SPDX-License-Identifier: GPL-2.0-or-later
// rmhmcusr: removes a user of the console, or all of a kind. hscroot stays, and whoever says -t stays, too.
#include <algorithm>
#include <array>

#include "hmc/attributes/names.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-u"}, {"-t"}};
constexpr std::array<std::string_view, 5> kinds = {"all", "local", "kerberos", "ldap",
                                                   "automanage"};  // of the last three there are none
}  // namespace
constinit const OptionTable rmhmcusr_options = options;

Result<int> rmhmcusr(Call& call) {
  users::Users& users = call.console.users();
  if (call.options.has("-u") == call.options.has("-t")) return usage_error("-u, -t");
  if (call.options.has("-u")) {
    const std::string name = call.options.value("-u");
    TRY(attributes::valid_user_name(name));
    TRY(users.remove(name));
    return 0;
  }
  const std::string kind = call.options.value("-t");
  if (!std::ranges::count(kinds, kind)) return usage_error("-t");
  if (kind != "all" && kind != "local") return 0;
  for (const users::User& user : users.all())
    if (!user.is_hscroot() && user.name != call.user.name) TRY(users.remove(user.name));
  return 0;
}

}  // namespace hmc::cli
