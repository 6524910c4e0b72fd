// SPDX-License-Identifier: GPL-2.0-or-later
// lslparutil: samples of utilization, newest first.
// SIMPLIFIED: samples alone; a real console also notes changes of state and configuration here. A partition's cycles are those of the
// host's processor that its virtual processors have taken, in ticks of the time base; those of Virtual I/O Servers are not counted.
#include <algorithm>
#include <ctime>

#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"},
                              {"-m"},
                              {"-d"},
                              {"-h"},
                              {"--minutes"},
                              {"--startyear"},
                              {"--startmonth"},
                              {"--startday"},
                              {"--starthour"},
                              {"--startminute"},
                              {"--endyear"},
                              {"--endmonth"},
                              {"--endday"},
                              {"--endhour"},
                              {"--endminute"},
                              {"-n"},
                              {"-s"},
                              {"--filter"},
                              {"-F", Takes::names},
                              {"--header", Takes::nothing}};

constexpr std::string_view listing_names[] = {"-F", "--header"};

constexpr u64 minute = 60 * emu::nanoseconds_per_second;
constexpr u64 hour = 60 * minute;
constexpr u64 day = 24 * hour;

// ---- settings ----

struct Setting {
  const System* system = nullptr;
  u32 rate = 0;
};
constexpr Shown always = Shown::always;
constexpr Column<Setting> settings[] = {
    {"type_model_serial_num", always, [](const Setting& s) { return Value(s.system->mtms()); }},
    {"name", always, [](const Setting& s) { return Value(s.system->name()); }},
    {"sample_rate", always, [](const Setting& s) { return Value(s.rate); }},
};

Result<int> list_settings(Call& call) {
  const Inventory inventory = call.inventory(Detail::systems);
  const System* only = nullptr;
  if (call.options.has("-m")) only = TRY(system_of(call, inventory, "-m", Connection::not_needed));
  std::vector<Setting> rows;
  for (const System& system : inventory.systems)
    if (!only || &system == only) rows.push_back({&system, call.console.utilization().rate(system.mtms())});
  call.print(TRY(list<Setting>(settings, rows, call.options)));
  return 0;
}

// ---- samples ----

enum class Of { system = 1, pool, lpar };
struct Record {
  Of of = Of::system;
  const UtilizationSample* sample = nullptr;
  const LparSample* lpar = nullptr;
};

template <auto field>
Value of_system(const Record& r) {
  return r.of == Of::system ? Value(field(*r.sample)) : Value::absent();
}
template <auto field>
Value of_pool(const Record& r) {
  return r.of == Of::pool ? Value(field(*r.sample)) : Value::absent();
}
template <auto field>
Value of_lpar(const Record& r) {
  return r.of == Of::lpar ? Value(field(*r.lpar)) : Value::absent();
}
template <auto field>
Value of_shared(const Record& r) {
  return r.of == Of::lpar && !r.lpar->dedicated ? Value(field(*r.lpar)) : Value::absent();
}

using Sample = const UtilizationSample&;
using Part = const LparSample&;
Value time_of(const Record& r) { return Value(attributes::time_text(r.sample->wall)); }

constexpr Column<Record> columns[] = {
    {"time", always, time_of},
    {"event_type", always, [](const Record&) { return Value("sample"); }},
    {"resource_type", always,
     [](const Record& r) {
       return Value(r.of == Of::system ? "sys" : r.of == Of::pool ? "pool" : "lpar");
     }},
    {"sys_time", always, time_of},
    {"state", always, of_system<[](Sample s) { return s.state; }>},
    {"configurable_sys_proc_units", always, of_system<[](Sample s) { return units_text(s.proc_units); }>},
    {"configurable_sys_mem", always, of_system<[](Sample s) { return s.mem_mb; }>},
    {"curr_avail_sys_proc_units", always, of_system<[](Sample s) { return units_text(s.available_proc_units); }>},
    {"curr_avail_5250_cpw_percent", always, of_system<[](Sample) { return "0.0"; }>},
    {"curr_avail_sys_mem", always, of_system<[](Sample s) { return s.available_mem_mb; }>},
    {"sys_firmware_mem", always, of_system<[](Sample s) { return s.firmware_mem_mb; }>},
    {"proc_cycles_per_second", always, of_system<[](Sample) { return cycles_per_second; }>},
    {"configurable_pool_proc_units", always, of_pool<[](Sample s) { return units_text(s.proc_units); }>},
    {"curr_avail_pool_proc_units", always, of_pool<[](Sample s) { return units_text(s.available_proc_units); }>},
    {"borrowed_pool_proc_units", always, of_pool<[](Sample) { return "0.0"; }>},
    {"total_pool_cycles", always, of_pool<[](Sample s) { return s.pool_cycles; }>},
    {"utilized_pool_cycles", always, of_pool<[](Sample s) { return s.used_pool_cycles; }>},
    {"time_cycles", always, of_lpar<[](Part l) { return l.time_cycles; }>},
    {"lpar_name", always, of_lpar<[](Part l) { return l.name; }>},
    {"lpar_id", always, of_lpar<[](Part l) { return l.lpar_id; }>},
    {"curr_proc_mode", always, of_lpar<[](Part l) { return l.dedicated ? "ded" : "shared"; }>},
    {"curr_proc_units", always, of_shared<[](Part l) { return units_text(l.proc_units); }>},
    {"curr_procs", always, of_lpar<[](Part l) { return l.procs; }>},
    {"curr_sharing_mode", always, of_lpar<[](Part l) { return l.sharing_mode; }>},
    {"curr_uncap_weight", always, of_shared<[](Part l) { return l.uncap_weight; }>},
    {"curr_shared_proc_pool_name", always, of_shared<[](Part l) { return l.pool_name; }>},
    {"curr_shared_proc_pool_id", always, of_shared<[](Part l) { return l.pool; }>},
    {"curr_5250_cpw_percent", always, of_lpar<[](Part) { return "0.0"; }>},
    {"mem_mode", always, of_lpar<[](Part) { return "ded"; }>},
    {"curr_mem", always, of_lpar<[](Part l) { return l.mem_mb; }>},
    {"entitled_cycles", always, of_lpar<[](Part l) { return l.entitled_cycles; }>},
    {"capped_cycles", always, of_lpar<[](Part l) { return l.capped_cycles; }>},
    {"uncapped_cycles", always, of_lpar<[](Part l) { return l.uncapped_cycles; }>},
    {"shared_cycles_while_active", always, of_lpar<[](Part) { return 0; }>},
    {"idle_cycles", always, of_lpar<[](Part) { return 0; }>},
};

struct Period {
  u64 from = 0;
  u64 to = ~u64{0};
};

// A moment of --startyear and so on, or --endyear: what is not said is the first of its kind.
Result<u64> moment(const Call& call, const std::string& which, u64 otherwise) {
  const auto name = [&](const char* unit) { return "--" + which + unit; };
  const char* units[] = {"year", "month", "day", "hour", "minute"};
  const int least[] = {1970, 1, 1, 0, 0}, most[] = {9999, 12, 31, 23, 59};
  int said[] = {1970, 1, 1, 0, 0};
  bool any = false;
  for (size_t i = 0; i < std::size(units); ++i) {
    if (!call.options.has(name(units[i]))) continue;
    const auto number = call.options.number(name(units[i]));
    if (!number || *number > static_cast<u32>(most[i]) || static_cast<int>(*number) < least[i])
      return usage_error(name(units[i]));
    said[i] = static_cast<int>(*number);
    any = true;
  }
  if (!any) return otherwise;
  if (!call.options.has(name("year"))) return usage_error(name("year"));
  std::tm parts{};
  parts.tm_year = said[0] - 1900;
  parts.tm_mon = said[1] - 1;
  parts.tm_mday = said[2];
  parts.tm_hour = said[3];
  parts.tm_min = said[4];
  return static_cast<u64>(timegm(&parts)) * emu::nanoseconds_per_second;
}

Result<Period> period_of(const Call& call) {
  Period period{TRY(moment(call, "start", 0)), TRY(moment(call, "end", ~u64{0}))};
  const u64 now = call.console.clock().wall();
  struct Back {
    std::string_view option;
    u64 unit;
  };
  for (const auto& [option, unit] : {Back{"-d", day}, Back{"-h", hour}, Back{"--minutes", minute}}) {
    if (!call.options.has(option)) continue;
    const auto number = call.options.number(option);
    if (!number) return usage_error(option);
    period.from = std::max(period.from, now - std::min(now, *number * unit));
  }
  return period;
}

// Of those that are in the period; -s: one in each hour, day or month of 30 days.
Result<std::vector<UtilizationSample>> samples_of(const Call& call, const System& system) {
  const Period period = TRY(period_of(call));
  const std::string every = call.options.value("-s");
  if (call.options.has("-s") && every != "s" && every != "h" && every != "d" && every != "m") return usage_error("-s");
  const u64 unit = every == "h" ? hour : every == "d" ? day : every == "m" ? 30 * day : 0;
  std::vector<UtilizationSample> kept;
  for (UtilizationSample& sample : call.console.utilization().samples(system.mtms())) {
    if (sample.wall < period.from || sample.wall > period.to) continue;
    if (unit && !kept.empty() && kept.back().wall / unit == sample.wall / unit) continue;
    kept.push_back(std::move(sample));
  }
  return kept;
}

}  // namespace
constinit const OptionTable lslparutil_options = options;

Result<int> lslparutil(Call& call) {
  constexpr std::string_view kinds[] = {"config", "sys", "pool", "lpar", "all", "hmc", "procpool", "mempool"};
  const std::string what = call.options.value("-r");
  if (std::ranges::count(kinds, what) == 0) return usage_error("-r");
  if (what == "config") {
    TRY(takes_only(call, options, {listing_names}));
    return list_settings(call);
  }
  u32 most = ~u32{0};
  if (call.options.has("-n")) {
    const auto number = call.options.number("-n");
    if (!number || *number == 0) return usage_error("-n");
    most = *number;
  }
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory, "-m", Connection::not_needed));
  constexpr std::string_view allowed[] = {"event_types"};
  const Filtered found = TRY(filtered(call, *system, allowed));
  const bool chosen = found.filter.find("lpar_names") || found.filter.find("lpar_ids");
  if (chosen && what != "lpar" && what != "all") return usage_error("--filter");
  const std::vector<std::string> events = found.filter.values("event_types");
  const bool samples_wanted = events.empty() || std::ranges::count(events, "sample") > 0;
  const std::vector<UtilizationSample> samples = TRY(samples_of(call, *system));
  std::vector<Record> rows;
  for (const UtilizationSample& sample : samples) {
    if (!samples_wanted) break;
    if ((what == "sys" || what == "all") && !chosen) rows.push_back({Of::system, &sample, nullptr});
    if ((what == "pool" || what == "all") && !chosen) rows.push_back({Of::pool, &sample, nullptr});
    for (const LparSample& lpar : sample.lpars)
      if ((what == "lpar" || what == "all") &&
          (!chosen || std::ranges::any_of(found.lpars, [&](const Lpar* each) { return each->id() == lpar.lpar_id; })))
        rows.push_back({Of::lpar, &sample, &lpar});
  }
  if (rows.size() > most) rows.resize(most);
  call.print(TRY(list<Record>(columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
