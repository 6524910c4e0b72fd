// SPDX-License-Identifier: GPL-2.0-or-later
// lslock: which console has which managed system for itself. (Redbook 5.3)
// SIMPLIFIED: the names of its columns are ours: no manual that was at hand shows those of the real command.
#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-m"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

constexpr Shown always = Shown::always;
constexpr Column<System> columns[] = {
    {"name", always, [](const System& s) { return Value(s.name()); }},
    {"type_model_serial_num", always, [](const System& s) { return Value(s.mtms()); }},
    {"lock_holder", always, [](const System& s) { return Value(s.info.lock_holder); }},
    {"lock_time", always, [](const System& s) { return Value(attributes::time_text(s.info.locked_at)); }},
};

}  // namespace

constinit const OptionTable lslock_options = options;

Result<int> lslock(Call& call) {
  Inventory inventory = call.inventory(Detail::systems);
  if (call.options.has("-m")) {
    System one = *TRY(system_of(call, inventory));
    inventory.systems = {std::move(one)};
  }
  std::erase_if(inventory.systems, [](const System& system) { return !system.connected || system.info.lock_holder.empty(); });
  call.print(TRY(list<System>(columns, inventory.systems, call.options)));
  return 0;
}

}  // namespace hmc::cli
