// SPDX-License-Identifier: GPL-2.0-or-later
// rsthwres: after a dynamic operation that did not come to its end, what a partition has is what is pending.
#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"}, {"-m"}, {"-p"}, {"--id"}, {"-a", Takes::nothing}};

emu::Status restore(const Target& target, bool memory) {
  const auto answer = ask(*target.link, service::SettleCapacity{target.lpar->id(), memory, !memory});
  return answer ? emu::success() : emu::Status(answer.error());
}

bool differs(const Lpar& lpar, bool memory) {
  const emu::Current* current = lpar.current();
  if (!current || lpar.off()) return false;
  return memory ? current->pending.desired_mem != current->desired_mem : current->pending.desired_procs != current->desired_procs;
}

}  // namespace

constinit const OptionTable rsthwres_options = options;

Result<int> rsthwres(Call& call) {
  const std::string resource = call.options.value("-r");
  if (resource != "mem" && resource != "proc") return usage_error("-r");
  const bool memory = resource == "mem";
  if (!call.options.has("-a")) {
    const Target target = TRY(target_of(call, "-p"));
    if (differs(*target.lpar, memory)) TRY(restore(target, memory));
    return 0;
  }
  if (call.options.has("-p") || call.options.has("--id")) return usage_error("-a");
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  for (const Lpar& lpar : system->lpars) {
    if (!differs(lpar, memory)) continue;
    const Target target = TRY(target_of(call, lpar.id()));
    TRY(restore(target, memory));
  }
  return 0;
}

}  // namespace hmc::cli
