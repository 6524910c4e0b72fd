// SPDX-License-Identifier: GPL-2.0-or-later
// lscomgmt: which console is the master of a system that several manage.
#include "hmc/cli/commands.h"
#include "hmc/console_identity.h"
#include "hmc/messages.h"
#include "hmc/service_state.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-m"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

constexpr Shown always = Shown::always;
using State = const emu::ServiceState&;
constexpr Column<emu::ServiceState> columns[] = {
    {"is_master", always, [](State s) { return Value(s.master_mtms == console_mtms); }},
    {"curr_master_name", always, [](State s) { return Value(s.master_name); }},
    {"curr_master_mtms", always, [](State s) { return Value(s.master_mtms); }},
    {"curr_master_type", always, [](State s) { return Value(s.master_type.empty() ? "none" : s.master_type); }},
    {"pend_master_mtms", always, [](State) { return Value("none"); }},
};

}  // namespace
constinit const OptionTable lscomgmt_options = options;

Result<int> lscomgmt(Call& call) {
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  const std::vector<emu::ServiceState> rows{TRY(service_state(*call.console.link(system->frame)))};
  call.print(TRY(list<emu::ServiceState>(columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
