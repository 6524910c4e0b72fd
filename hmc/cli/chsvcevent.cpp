// SPDX-License-Identifier: GPL-2.0-or-later
// chsvcevent: closes serviceable events. With the last one of a partition its LED goes out, with the last one of a system those of that.
#include <algorithm>
#include <array>

#include "emu/core/address.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/service_state.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-o"}, {"-p"}, {"-h"}, {"-c"}};
constexpr std::string_view of_one[] = {"-p", "-h", "-c"};

constexpr size_t longest_comment = 1024;

Status put_out(Call& call, const ServiceableEvent& closed) {
  const std::vector<ServiceableEvent> events = call.console.serviceable_events().all();
  const auto of_system = [&](const ServiceableEvent& e) { return e.open && e.mtms == closed.mtms; };
  const auto of_lpar = [&](const ServiceableEvent& e) { return of_system(e) && e.lpar_uuid == closed.lpar_uuid; };
  const Inventory inventory = call.console.inventory(Detail::systems, std::array{closed.mtms}, Others::by_name);
  const System* system = inventory.find(closed.mtms);
  if (!system || !system->connected) return emu::success();  // nobody sees its LEDs now
  return change_service_state(*call.console.link(system->frame), [&](emu::ServiceState& state) {
    if (std::ranges::none_of(events, of_lpar)) std::erase(state.lpar_attention, closed.lpar_id);
    if (std::ranges::none_of(events, of_system)) state.attention = state.virtual_attention = false;
    return emu::success();
  });
}

Status close(Call& call, u64 number, const std::string& comment) {
  return put_out(call, TRY(call.console.serviceable_events().close(number, comment)));
}

}  // namespace
constinit const OptionTable chsvcevent_options = options;

Result<int> chsvcevent(Call& call) {
  const std::string operation = call.options.value("-o");
  if (operation == "closeall") {
    TRY(takes_only(call, options, {}));
    for (const ServiceableEvent& event : call.console.serviceable_events().all())
      if (event.open) TRY(close(call, event.number, ""));
    return 0;
  }
  if (operation != "close") return usage_error("-o");
  TRY(takes_only(call, options, {of_one}));
  const auto number = call.options.number("-p");
  if (!number) return usage_error("-p");
  // The console that has analyzed the event: this one, by its name or an address.
  const std::string console = call.options.value("-h");
  if (console != call.console.options().name && !emu::parse_address(console)) return usage_error("-h");
  if (call.options.value("-c").size() > longest_comment) return usage_error("-c");
  TRY(close(call, *number, call.options.value("-c")));
  return 0;
}

}  // namespace hmc::cli
