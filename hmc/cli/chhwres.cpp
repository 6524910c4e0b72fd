// SPDX-License-Identifier: GPL-2.0-or-later
// chhwres: hardware resources of systems.
#include "emu/core/profile_rules.h"
#include "hmc/attributes/memory.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"}, {"-m"}, {"-o"}, {"-a"}};

// SIMPLIFIED: taken while the system runs, for its next power-on. A real one takes it only while it is powered off.
Result<int> set_system_memory(Call& call) {
  if (!call.options.has("-a")) return usage_error("-a");
  const Data data = TRY(Data::parse(call.options.value("-a")));
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  u32 pages = system->info.requested_huge_pages;
  TRY(attributes::assign(attributes::system_memory(), attributes::By::changing, data.all(), pages, [&] { return system->info; }));
  if (pages && pages * emu::huge_page_mb >= system->info.installed_mem_mb) {
    Error error = attributes::wrong_value("requested_num_sys_huge_pages", std::to_string(pages));
    error.text += fmt::format(" The rule is: a huge page has 16 GiB, and something is left of the system's {} MiB.",
                              system->info.installed_mem_mb);
    return error;
  }
  if (pages == system->info.requested_huge_pages) return 0;
  TRY(ask(*call.console.link(system->frame), service::RequestHugePages{pages}));
  return 0;
}

}  // namespace

constinit const OptionTable chhwres_options = options;

Result<int> chhwres(Call& call) {
  if (call.options.value("-r") != "mem") return usage_error("-r");
  if (call.options.value("-o") != "s") return usage_error("-o");
  return set_system_memory(call);
}

}  // namespace hmc::cli
