// SPDX-License-Identifier: GPL-2.0-or-later
// lsviosbk: backups of Virtual I/O Servers that this console keeps.
#include <algorithm>

#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/vios_backups.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

constexpr Shown always = Shown::always;
using Row = const ViosBackup&;
// Of the names, name and type are read by a client; the others are those of the filters.
constexpr Column<ViosBackup> columns[] = {
    {"name", always, [](Row r) { return Value(r.name); }},
    {"type", always, [](Row r) { return Value(r.type); }},
    {"sys_name", always, [](Row r) { return Value(r.system_name); }},
    {"vios_name", always, [](Row r) { return Value(r.vios_name); }},
    {"vios_id", always, [](Row r) { return Value(r.vios_id); }},
    {"vios_uuid", always, [](Row r) { return Value(r.vios_uuid); }},
};

struct Filter {
  std::string_view name;
  std::string (*value)(Row);
};
constexpr Filter filters[] = {{"types", [](Row r) { return r.type; }},
                              {"sys_names", [](Row r) { return r.system_name; }},
                              {"vios_names", [](Row r) { return r.vios_name; }},
                              {"vios_ids", [](Row r) { return std::to_string(r.vios_id); }},
                              {"vios_uuids", [](Row r) { return r.vios_uuid; }}};

}  // namespace
constinit const OptionTable lsviosbk_options = options;

Result<int> lsviosbk(Call& call) {
  Data wanted;
  if (call.options.has("--filter")) wanted = TRY(Data::parse(call.options.value("--filter")));
  std::vector<ViosBackup> rows = vios_backups(call.console.journal());
  for (const Assignment& assignment : wanted.all()) {
    const auto filter = std::ranges::find(filters, assignment.name, &Filter::name);
    if (filter == std::end(filters) || assignment.change != Change::set) return usage_error("--filter");
    const std::vector<std::string> values = wanted.values(assignment.name);
    std::erase_if(rows, [&](Row row) { return std::ranges::count(values, filter->value(row)) == 0; });
  }
  call.print(TRY(list<ViosBackup>(columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
