// SPDX-License-Identifier: GPL-2.0-or-later
// lssvcevents: what happened at the console (-t console: who logged in, who gave which command), newest first; serviceable events of
// systems and partitions (-t hardware).
// SIMPLIFIED: no event is serviceable; what partitions log is in their own error logs.
#include <algorithm>

#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-t"}, {"-m"}, {"-d"}, {"-i"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

constexpr u64 minute = 60 * emu::nanoseconds_per_second;
constexpr u64 day = 24 * 60 * minute;
constexpr u32 days_without_options = 7;  // ours

// A line is "time=...,text=..."; that it has these two and no others is what a client reads.
constexpr Column<ConsoleEvent> columns[] = {
    {"time", Shown::always, [](const ConsoleEvent& e) { return Value(attributes::time_text(e.wall)); }},
    {"userid", Shown::on_request, [](const ConsoleEvent& e) { return Value(e.user); }},
    {"text", Shown::always, [](const ConsoleEvent& e) { return Value(e.text); }},
};

// -d counts whole days before this one, -i minutes before now.
Result<u64> since(const Call& call) {
  const u64 now = call.console.clock().wall();
  const auto number = [&](std::string_view option) { return call.options.number(option); };
  if (call.options.has("-d") && call.options.has("-i")) return usage_error("-d, -i");
  if (call.options.has("-i")) {
    if (!number("-i")) return usage_error("-i");
    return now - std::min(now, *number("-i") * minute);
  }
  if (call.options.has("-d") && !number("-d")) return usage_error("-d");
  const u64 days = call.options.has("-d") ? *number("-d") : days_without_options;
  return now / day * day - std::min(now / day, days) * day;
}

}  // namespace
constinit const OptionTable lssvcevents_options = options;

Result<int> lssvcevents(Call& call) {
  const std::string what = call.options.value("-t");
  std::vector<ConsoleEvent> rows;
  if (what == "hardware") {
    if (call.options.has("-m")) TRY(system_of(call, call.inventory(Detail::systems), "-m", Connection::not_needed));
    TRY(since(call));
    call.print("No results were found.\n");
    return 0;
  }
  if (what != "console") return usage_error("-t");
  if (call.options.has("-m")) return usage_error("-m");
  if (call.options.has("--filter")) return usage_error("--filter");
  rows = call.console.journal().events_since(TRY(since(call)));
  std::ranges::reverse(rows);
  call.print(TRY(list<ConsoleEvent>(columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
