// SPDX-License-Identifier: GPL-2.0-or-later
// mkauthkeys: keys between consoles.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {
    {"--ip"}, {"-u"}, {"--passwd"}, {"-a"}, {"--add"}, {"-g", Takes::nothing}, {"--test", Takes::nothing}, {"-r"}, {"-t"}};
}
constinit const OptionTable mkauthkeys_options = options;

Result<int> mkauthkeys(Call& call) {
  const std::string ip = call.options.value("--ip");
  if (ip.empty()) return usage_error("--ip");
  // The only console that can be meant is this one, and that needs no keys.
  if (ip == "127.0.0.1" || ip == "localhost" || ip == call.console.options().name) return 0;
  return say("HSCL3653", ip);
}

}  // namespace hmc::cli
