// SPDX-License-Identifier: GPL-2.0-or-later
// mkhmcusr: a new user of the console, by options or by configuration data.
#include <algorithm>

#include "hmc/attributes/names.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/users.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-u"}, {"-a"}, {"-d"}, {"--passwd"}, {"-M"}, {"--auth"}, {"-i"}, {"-f", Takes::file}};
constexpr OptionOfAttribute same[] = {{"-u", "name"},         {"-a", "taskrole"}, {"-d", "description"},
                                      {"--passwd", "passwd"}, {"-M", "pwage"},    {"--auth", "authentication_type"}};

Result<int> make(Call& call, std::span<const Assignment> given) {
  users::Users& users = call.console.users();
  const users::UserDefaults defaults = users.defaults();
  users::User user;
  user.name = value_of(given, "name");
  if (user.name.empty()) return usage_error("-u");
  TRY(attributes::valid_user_name(user.name));
  if (value_of(given, "taskrole").empty()) return usage_error("-a");
  if (users.find(user.name)) return say("HSCLF052", user.name);
  user.session_timeout = defaults.session_timeout;
  user.idle_timeout = defaults.idle_timeout;
  user.last_seen = call.console.clock().wall();
  std::vector<Assignment> all(given.begin(), given.end());
  TRY(assign_to_user(call, user, attributes::By::making, all));
  if (std::ranges::find(all, "passwd", &Assignment::name) == all.end()) {
    const std::string password = TRY(ask_for_password(call));
    const Assignment typed[] = {{"passwd", Change::set, {password}, password}};
    TRY(assign_to_user(call, user, attributes::By::making, typed));
  }
  TRY(users.add(user));
  return 0;
}

}  // namespace
constinit const OptionTable mkhmcusr_options = options;

Result<int> mkhmcusr(Call& call) {
  const std::vector<Assignment> by_options = assignments_of(call.options, same);
  const bool data = call.options.has("-i") || call.options.has("-f");
  if (data && !by_options.empty()) return usage_error("-i, -f");
  if (!data) return make(call, by_options);
  return for_each_input(call, [](Call& each, const Data& record) { return make(each, record.all()); });
}

}  // namespace hmc::cli
