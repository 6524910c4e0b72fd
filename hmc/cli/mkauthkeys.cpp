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

constexpr u64 typing_time = 120 * emu::nanoseconds_per_second;

Result<std::string> ask_password(Call& call, const std::string& user, const std::string& ip) {
  call.print("Enter the password for user " + user + " on the remote host " + ip + ":");
  call.session.raw();  // not shown
  std::string typed;
  const u64 deadline = call.console.clock().monotonic() + typing_time;
  while (typed.find_first_of("\r\n") == typed.npos) {
    const auto more = call.session.read(200 * millisecond);
    if (more) typed += *more;
    if (!more && more.error().code != "timeout") break;
    if (call.session.cancelled() || call.console.clock().monotonic() > deadline) break;
  }
  call.print("\n");
  const std::string password = typed.substr(0, typed.find_first_of("\r\n"));
  if (password.empty()) return usage_error("--passwd");
  return password;
}

// -g: in both directions.
Result<int> between_consoles(Call& call) {
  const std::string ip = call.options.value("--ip");
  if (ip.empty()) return usage_error("--ip");
  for (const char* option : {"-a", "--add", "-r", "--remove"})
    if (call.options.has(option)) return usage_error(option);
  // This one needs no keys for itself.
  const bool is_self = ip == "127.0.0.1" || ip == "localhost" || ip == call.console.options().name ||
                       (call.console.consoles() && call.console.consoles()->is_self(ip));
  if (is_self) return call.options.has("--test") ? Result<int>(0) : say("HSCLF043", ip);
  const std::string user = remote_user(call);
  TRY(attributes::valid_user_name(user));
  if (call.options.has("--test")) {
    for (const char* option : {"--passwd", "-g"})
      if (call.options.has(option)) return usage_error(option);
    if (!call.console.meet(ip, user, call.user, Console::Meet::to_look)) return say("HSCL3653", ip);
    return 0;
  }
  if (!call.console.consoles()) return say("HSCLF312", ip);
  const std::string password = call.options.has("--passwd") ? call.options.value("--passwd") : TRY(ask_password(call, user, ip));
  const auto met = call.console.consoles()->connect(ip, user, {"", password});
  if (!met) return met.error().code == "refused" ? say("HSCLF05A", user, ip) : say("HSCLF312", ip);
  const std::string key = TRY(call.console.key_of(call.user));
  TRY((*met)->add_key(key));
  if (!call.options.has("-g")) return 0;
  const std::string theirs = TRY((*met)->own_key());
  TRY(call.console.users().change(call.user.name, [&](users::User& ours) { return users::add_key(ours.keys, theirs); }));
  return 0;
}

}  // namespace
constinit const OptionTable mkauthkeys_options = options;

Result<int> mkauthkeys(Call& call) {
  const auto text_of = [&](const char* brief, const char* whole) {
    return call.options.value(call.options.has(brief) ? brief : whole);
  };
  const std::string added = text_of("-a", "--add");
  const std::string removed = text_of("-r", "--remove");
  if (call.options.has("--ip") || (added.empty() && removed.empty())) return between_consoles(call);
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
