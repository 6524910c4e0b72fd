// SPDX-License-Identifier: GPL-2.0-or-later
// lssvcevents: what happened at the console (-t console: who logged in, who gave which command), newest first; serviceable events of
// partitions (-t hardware), which are looked for when they are asked for.
// SIMPLIFIED: errors that are serviceable are those of partitions' firmware, and hardware errors of Virtual I/O Servers; there is no
// hardware with parts to be replaced, and nobody is called.
#include <algorithm>
#include <cctype>

#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/console_identity.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-t"}, {"-m"}, {"-d"}, {"-i"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

constexpr Shown always = Shown::always;

struct Problem {
  ServiceableEvent event;
  const Call* call = nullptr;
};
using Event = const Problem&;
// tttt-mmm/sssssss, as here alone.
std::string with_slash(std::string mtms) {
  std::ranges::replace(mtms, '*', '/');
  return mtms;
}
Value machine(Event p) { return Value(with_slash(p.event.mtms)); }
Value name_of_system(Event p) { return Value(p.event.system_name); }
Value empty(Event) { return Value(""); }

// In the recorded order.
constexpr Column<Problem> problems[] = {
    {"problem_num", always, [](Event p) { return Value(p.event.number); }},
    {"pmh_num", always, empty},
    {"refcode", always, [](Event p) { return Value(p.event.refcode); }},
    {"status", always, [](Event p) { return Value(p.event.open ? "Open" : "Closed"); }},
    {"first_time", always, [](Event p) { return Value(attributes::time_text(p.event.first)); }},
    {"last_time", always, [](Event p) { return Value(attributes::time_text(p.event.last)); }},
    {"sys_name", always, name_of_system},
    {"sys_mtms", always, machine},
    {"enclosure_mtms", always, machine},
    {"firmware_fix", always, empty},
    {"text", always, [](Event p) { return Value(p.event.text); }},
    {"created_time", always, [](Event p) { return Value(attributes::time_text(p.event.created)); }},
    {"reporting_name", always, name_of_system},
    {"reporting_mtms", always, machine},
    {"failing_mtms", always, machine},
    {"analyzing_hmc", always, [](Event p) { return Value(p.call->console.options().name); }},
    {"event_time", always, [](Event p) { return Value(attributes::time_text(p.event.last)); }},
    {"files", always, empty},
    {"approval_state", always, [](Event) { return Value("approved"); }},
    {"callhome_intended", always, [](Event) { return Value("false"); }},
    {"duplicate_count", always, [](Event p) { return Value(p.event.duplicates); }},
    {"event_severity", always, [](Event) { return Value(64); }},
    {"analyzing_mtms", always, [](Event p) { return Value(with_slash(console_mtms(p.call->console.options().name))); }},
    {"ref_code_extn", always, empty},
    {"sys_refcode", always, [](Event p) { return Value(p.event.refcode); }},
    {"fru_details", always, empty},
    {"lpar_id", Shown::on_request, [](Event p) { return Value(p.event.lpar_id); }},
    {"lpar_name", Shown::on_request, [](Event p) { return Value(p.event.lpar_name); }},
};

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

// What every partition has shown, and every Virtual I/O Server has in its log.
constexpr u32 codes_looked_at = 100;
void look_for_problems(Call& call, const Inventory& inventory) {
  for (const System& system : inventory.systems) {
    if (!system.connected) continue;
    FrameLink& link = *call.console.link(system.frame);
    for (const Lpar& lpar : system.lpars) {
      std::vector<Occurrence> seen;
      if (const auto codes = ask(link, service::ListRefCodes{lpar.id(), codes_looked_at}))
        for (const service::RefCode& code : codes->codes)
          if (is_error_code(code.refcode))
            seen.push_back({code.wall, code.refcode, "Platform firmware (0x83) reported an error."});
      if (lpar.is_vios() && lpar.info.state == emu::LparState::running)
        if (const auto log = ask(link, service::RunViosCommand{lpar.id(), "errlog -ls"}); log && log->exit_code == 0)
          for (Occurrence& error : hardware_errors(log->output)) seen.push_back(std::move(error));
      (void)call.console.serviceable_events().note(system, lpar, std::move(seen), call.console.clock().wall());
    }
  }
}

bool passes(const Data& filter, const ServiceableEvent& event) {
  const auto among = [&](std::string_view name, const std::string& value) {
    if (!filter.find(name)) return true;
    const auto same = [&](const std::string& each) {
      return std::ranges::equal(each, value, [](char a, char b) { return std::tolower(a) == std::tolower(b); });
    };
    return std::ranges::any_of(filter.values(name), same);
  };
  return among("status", event.open ? "Open" : "Closed") && among("problem_nums", std::to_string(event.number)) &&
         among("refcodes", event.refcode) && among("reporting_mtms", with_slash(event.mtms)) &&
         among("failing_mtms", with_slash(event.mtms));
}

Result<int> list_problems(Call& call) {
  constexpr std::string_view filters[] = {"status", "problem_nums", "refcodes", "reporting_mtms", "failing_mtms"};
  Data filter;
  if (call.options.has("--filter")) filter = TRY(Data::parse(call.options.value("--filter")));
  for (const Assignment& each : filter.all())
    if (each.change != Change::set || std::ranges::count(filters, each.name) == 0) return usage_error("--filter");
  // Without a time, all that are kept.
  const bool of_a_time = call.options.has("-d") || call.options.has("-i");
  const u64 from = of_a_time ? TRY(since(call)) : 0;
  const Inventory inventory = call.inventory(Detail::lpars, Others::as_well);
  const System* system = nullptr;
  if (call.options.has("-m")) system = TRY(system_of(call, inventory, "-m", Connection::not_needed));
  look_for_problems(call, inventory);
  std::vector<Problem> rows;
  for (const ServiceableEvent& event : call.console.serviceable_events().all())
    if (event.last >= from && (!system || event.mtms == system->mtms()) && passes(filter, event)) rows.push_back({event, &call});
  std::ranges::reverse(rows);
  call.print(TRY(list<Problem>(problems, rows, call.options)));
  return 0;
}

}  // namespace
constinit const OptionTable lssvcevents_options = options;

Result<int> lssvcevents(Call& call) {
  const std::string what = call.options.value("-t");
  std::vector<ConsoleEvent> rows;
  if (what == "hardware") return list_problems(call);
  if (what != "console") return usage_error("-t");
  if (call.options.has("-m")) return usage_error("-m");
  if (call.options.has("--filter")) return usage_error("--filter");
  rows = call.console.journal().events_since(TRY(since(call)));
  std::ranges::reverse(rows);
  call.print(TRY(list<ConsoleEvent>(columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
