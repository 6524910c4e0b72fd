// SPDX-License-Identifier: GPL-2.0-or-later
// lssysconn: the connections to the frames' service processors.
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

constexpr Shown always = Shown::always;
constexpr Column<System> columns[] = {
    {"resource_type", always, [](const System&) { return Value("sys"); }},
    {"type_model_serial_num", always, [](const System& s) { return Value(s.mtms()); }},
    {"sp", always, [](const System&) { return Value("primary"); }},
    {"sp_phys_loc", always, [](const System&) { return Value("unavailable"); }},
    {"ipaddr", always, [](const System&) { return Value("127.0.0.1"); }},
    {"alt_ipaddr", always, [](const System&) { return Value("unavailable"); }},
    {"state", always, [](const System& s) { return Value(s.connected ? "Connected" : "No Connection"); }},
};

}  // namespace

constinit const OptionTable lssysconn_options = options;

Result<int> lssysconn(Call& call) {
  const std::string what = call.options.value("-r");
  if (what != "all" && what != "sys" && what != "frame" && what != "hmc") return usage_error("-r");
  // No managed frame, and no other console, is connected.
  if (what == "frame" || what == "hmc") {
    call.print("No results were found.\n");
    return 0;
  }
  call.print(TRY(list<System>(columns, call.inventory(Detail::systems).systems, call.options)));
  return 0;
}

}  // namespace hmc::cli
