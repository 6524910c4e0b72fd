// SPDX-License-Identifier: GPL-2.0-or-later
// pedbg: what somebody who looks for an error wants to know of the console.
// SIMPLIFIED: it is printed; a real console puts it into files that only IBM's support can read.
#include <fmt/format.h>

#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-c", Takes::nothing}, {"-q"}};

constexpr u64 recent = 24 * 3600 * emu::nanoseconds_per_second;

void print_systems(Call& call, const Inventory& inventory) {
  call.print("==== managed systems and partitions ====\n");
  for (const System& system : inventory.systems) {
    call.print(fmt::format("{} {} {}\n", system.name(), system.mtms(), system.state()));
    for (const Lpar& lpar : system.lpars)
      call.print(fmt::format("  {} {} {} {}{}\n", lpar.id(), lpar.name(), lpar.state(), lpar.info.refcode.refcode,
                             lpar.info.trouble.empty() ? "" : " (" + lpar.info.trouble + ")"));
  }
}

void print_moves(Call& call) {
  call.print("==== migrations ====\n");
  for (const MoveStatus& move : call.console.moves().all())
    call.print(fmt::format("{:x} {} {} -> {} {} step {} ({}) {} {}\n", move.stream, move.lpar_name, move.source_system,
                           move.target_system, name_of(move.state), move.step, move.step_name, move.error_code, move.error_text));
}

void print_changes(Call& call) {
  call.print("==== changes ====\n");
  for (const emu::Change& change : call.console.changes().since(0, 0).changes)
    call.print(fmt::format("{} {} {} {} {} {}\n", attributes::time_text(change.wall), emu::word_of(change.kind), change.system,
                           change.lpar_id, change.lpar_name, change.detail));
}

void print_events(Call& call) {
  call.print("==== console events ====\n");
  const u64 now = call.console.clock().wall();
  for (const ConsoleEvent& event : call.console.journal().events_since(now - std::min(now, recent)))
    call.print(fmt::format("{} {}\n", attributes::time_text(event.wall), event.text));
}

}  // namespace
constinit const OptionTable pedbg_options = options;

// -q 3: of what happens now; 4: of the past as well.
Result<int> pedbg(Call& call) {
  if (!call.options.has("-c")) return usage_error("-c");
  const std::string depth = call.options.value("-q");
  if (depth != "3" && depth != "4") return usage_error("-q");
  print_systems(call, call.console.inventory(Detail::lpars));
  print_moves(call);
  if (depth == "4") {
    print_changes(call);
    print_events(call);
  }
  return 0;
}

}  // namespace hmc::cli
