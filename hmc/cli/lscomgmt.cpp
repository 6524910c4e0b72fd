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
struct Row {
  emu::ServiceState state;
  std::string ours;  // the machine that this console is
};
constexpr Column<Row> columns[] = {
    {"is_master", always, [](const Row& r) { return Value(r.state.master_mtms == r.ours); }},
    {"curr_master_name", always, [](const Row& r) { return Value(r.state.master_name); }},
    {"curr_master_mtms", always, [](const Row& r) { return Value(r.state.master_mtms); }},
    {"curr_master_type", always, [](const Row& r) { return Value(r.state.master_type.empty() ? "none" : r.state.master_type); }},
    {"pend_master_mtms", always, [](const Row&) { return Value("none"); }},
};

}  // namespace
constinit const OptionTable lscomgmt_options = options;

Result<int> lscomgmt(Call& call) {
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory));
  const std::vector<Row> rows{{TRY(service_state(*call.console.link(system->frame))), console_mtms(call.console.options().name)}};
  call.print(TRY(list<Row>(columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
