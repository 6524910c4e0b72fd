// SPDX-License-Identifier: GPL-2.0-or-later
// mkauthkeys: the keys that let a user in, and keys between consoles.
#include "hmc/attributes/names.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/users/keys.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {
    {"--ip"}, {"-u"}, {"--test", Takes::nothing}, {"--passwd"}, {"-g", Takes::nothing}, {"-a"}, {"--add"}, {"-r"}, {"--remove"}};

// SIMPLIFIED: there is one console, so that no keys are exchanged: this one needs none for itself, and knows no other.
Result<int> between_consoles(Call& call) {
  const std::string ip = call.options.value("--ip");
  if (ip.empty()) return usage_error("--ip");
  for (const char* option : {"-a", "--add", "-r", "--remove"})
    if (call.options.has(option)) return usage_error(option);
  if (ip == "127.0.0.1" || ip == "localhost" || ip == call.console.options().name) return 0;
  return call.options.has("--test") ? say("HSCL3653", ip) : say("HSCLF05A", ip);
}

}  // namespace
constinit const OptionTable mkauthkeys_options = options;

Result<int> mkauthkeys(Call& call) {
  const auto text_of = [&](const char* brief, const char* whole) {
    return call.options.value(call.options.has(brief) ? brief : whole);
  };
  const std::string added = text_of("-a", "--add");
  const std::string removed = text_of("-r", "--remove");
  if (added.empty() && removed.empty()) return between_consoles(call);
  if (!added.empty() && !removed.empty()) return usage_error("--add, --remove");
  for (const char* option : {"--ip", "--test", "--passwd", "-g"})
    if (call.options.has(option)) return usage_error(option);
  const std::string user = call.options.has("-u") ? call.options.value("-u") : call.user.name;
  TRY(attributes::valid_user_name(user));
  if (user != call.user.name) TRY(call.may("ManageHMCUser"));
  TRY(call.console.users().change(user, [&](users::User& changed) {
    return added.empty() ? users::remove_key(changed.keys, removed) : users::add_key(changed.keys, added);
  }));
  return 0;
}

}  // namespace hmc::cli
