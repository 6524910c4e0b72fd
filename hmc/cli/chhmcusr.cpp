// SPDX-License-Identifier: GPL-2.0-or-later
// chhmcusr: changes a user of the console, one attribute by options or several by configuration data; enables one who was disabled; and
// changes what new ones get. Everybody may change the own password.
#include <algorithm>

#include "hmc/attributes/names.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/users.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-u"}, {"-t"}, {"-v"}, {"-o"}, {"-r"}, {"-i"}, {"-f", Takes::file}};

struct Kind {
  std::string_view word;  // of -t
  std::string_view attribute;
};
constexpr Kind kinds[] = {{"assign", "resourcerole"}, {"auth", "authentication_type"},
                          {"desc", "description"},    {"name", "new_name"},
                          {"passwd", "passwd"},       {"pwage", "pwage"},
                          {"taskrole", "taskrole"}};

emu::Status may_change(const Call& call, const std::string& name, std::span<const Assignment> given) {
  const bool password_alone =
      std::ranges::all_of(given, [](const Assignment& each) { return each.name == "name" || each.name == "passwd"; });
  if (password_alone && name == call.user.name) return call.may("ChangeUserPasswords");
  return password_alone ? call.may("ManageAllUserPasswords") : call.may("ManageHMCUser");
}

Result<int> change(Call& call, const std::string& name, std::span<const Assignment> given) {
  if (name.empty()) return usage_error("-u");
  TRY(may_change(call, name, given));
  TRY(attributes::valid_user_name(name));
  TRY(call.console.users().change(
      name, [&](users::User& user) { return assign_to_user(call, user, attributes::By::changing, given); }));
  return 0;
}

Result<int> change_default(Call& call, const Data& data) {
  users::UserDefaults defaults = call.console.users().defaults();
  TRY(attributes::assign(attributes::user_defaults_attributes(), attributes::By::changing, data.all(), defaults,
                         [&] { return defaults; }));
  TRY(call.console.users().set_defaults(defaults));
  return 0;
}

Result<int> enable(Call& call) {
  if (call.options.has("-t") || call.options.value("-u").empty()) return usage_error("-o");
  TRY(call.console.users().change(call.options.value("-u"), [&](users::User& user) {
    user.disabled = false;
    user.last_seen = call.console.clock().wall();
    return emu::success();
  }));
  return 0;
}

}  // namespace
constinit const OptionTable chhmcusr_options = options;

Result<int> chhmcusr(Call& call) {
  const std::string what = call.options.value("-t");
  const std::string operation = call.options.value("-o");
  const bool data = call.options.has("-i") || call.options.has("-f");
  if (data) {
    if (call.options.has("-u") || call.options.has("-v") || call.options.has("-o")) return usage_error("-i, -f");
    if (what == "default") {
      TRY(call.may("ManageHMCUser"));
      return for_each_input(call, change_default);
    }
    if (call.options.has("-t")) return usage_error("-t");
    return for_each_input(call, [](Call& each, const Data& record) { return change(each, record.text("name"), record.all()); });
  }
  if (operation == "e") {
    TRY(call.may("ManageHMCUser"));
    return enable(call);
  }
  const Kind* kind = std::ranges::find(kinds, what, &Kind::word);
  if (kind == std::end(kinds)) return usage_error("-t");
  // There is one resource role, and nobody can be without it.
  const bool assigns = what == "assign";
  if (call.options.has("-o") != assigns || (assigns && operation != "a")) return usage_error("-o");
  if (call.options.has("-r") != assigns || (assigns && call.options.value("-r") != "resourcerole")) return usage_error("-r");
  std::string value = call.options.value("-v");
  if (!call.options.has("-v")) {
    if (what != "passwd") return usage_error("-v");
    value = TRY(ask_for_password(call));
  }
  const Assignment given[] = {{std::string(kind->attribute), Change::set, {value}, value}};
  return change(call, call.options.value("-u"), given);
}

}  // namespace hmc::cli
