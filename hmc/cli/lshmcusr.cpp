// SPDX-License-Identifier: GPL-2.0-or-later
// lshmcusr: the users of the console, and what new ones get.
#include <algorithm>

#include "hmc/attributes/user.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-t"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

// Names that nobody has are no error: clients ask in this way whether a user is there.
bool chosen(const users::User& user, const Data& filter) {
  const auto among = [&](std::string_view name, std::string_view value) {
    return !filter.find(name) || std::ranges::count(filter.values(name), value) > 0;
  };
  return among("names", user.name) && among("taskroles", emu::word_of(user.taskrole)) && among("resourceroles", "ALL:");
}

}  // namespace
constinit const OptionTable lshmcusr_options = options;

Result<int> lshmcusr(Call& call) {
  const std::string what = call.options.has("-t") ? call.options.value("-t") : "user";
  if (what == "default") {
    if (call.options.has("--filter")) return usage_error("--filter");
    const std::vector<users::UserDefaults> rows{call.console.users().defaults()};
    call.print(TRY(list(attributes::user_defaults_attributes(), rows, call.options)));
    return 0;
  }
  if (what != "user") return usage_error("-t");
  Data filter;
  if (call.options.has("--filter")) filter = TRY(Data::parse(call.options.value("--filter")));
  for (const Assignment& each : filter.all())
    if (each.change != Change::set || (each.name != "names" && each.name != "taskroles" && each.name != "resourceroles"))
      return usage_error("--filter");
  const std::vector<users::User> users = call.console.users().all();
  std::vector<attributes::UserRow> rows;
  for (const users::User& user : users)
    if (chosen(user, filter)) rows.push_back({&user, call.console.users().is_disabled(user)});
  call.print(TRY(list(attributes::user_attributes(), rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
