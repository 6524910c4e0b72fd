// SPDX-License-Identifier: GPL-2.0-or-later
// viosvrcmd: a command of padmin on a Virtual I/O Server.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {
constexpr Option options[] = {{"-m"}, {"-p"}, {"--id"}, {"-c"}};
}
constinit const OptionTable viosvrcmd_options = options;

Result<int> viosvrcmd(Call& call) {
  std::string command = call.options.value("-c");
  while (command.starts_with(' ')) command.erase(0, 1);
  if (command.empty()) return usage_error("-c");
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const Lpar* lpar = TRY(lpar_of(call, *system, "-p"));
  if (!lpar->is_vios()) return say("HSCLF015", lpar->name());
  if (lpar->info.state != emu::LparState::running) return say("HSCLA246", lpar->name());
  const auto output = ask(*call.console.link(system->frame), service::RunViosCommand{lpar->id(), command});
  if (!output && no_answer(output.error())) return say("HSCLF014", system->name());
  if (!output) return output.error();
  if (output->exit_code == 0) {
    call.print(output->output);
    return 0;
  }
  std::string reason = output->output;
  while (reason.ends_with('\n')) reason.pop_back();
  return say("HSCL2970", reason);
}

}  // namespace hmc::cli
