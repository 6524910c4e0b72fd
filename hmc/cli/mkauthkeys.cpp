// SPDX-License-Identifier: GPL-2.0-or-later
// mkauthkeys: keys between consoles.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
// This console needs keys of no user, so that a test passes and there is nothing to exchange: -u and --test change nothing.
constexpr Option options[] = {{"--ip"}, {"-u"}, {"--test", Takes::nothing}};
}  // namespace
constinit const OptionTable mkauthkeys_options = options;

Result<int> mkauthkeys(Call& call) {
  const std::string ip = call.options.value("--ip");
  if (ip.empty()) return usage_error("--ip");
  // The only console that can be meant is this one, and that needs no keys.
  if (ip == "127.0.0.1" || ip == "localhost" || ip == call.console.options().name) return 0;
  return say("HSCL3653", ip);
}

}  // namespace hmc::cli
