// SPDX-License-Identifier: GPL-2.0-or-later
// lsmemopt: how near the memory of partitions is to their processors. All of a system here is one domain: 100, the best there is, for
// each partition that has any.
#include <algorithm>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-m"},
                              {"-r"},
                              {"-o"},
                              {"-p"},
                              {"--id"},
                              {"-x"},
                              {"--xid"},
                              {"--gid"},
                              {"--filter"},
                              {"-F", Takes::names},
                              {"--header", Takes::nothing}};

constexpr Shown always = Shown::always;

struct LparScore {
  const Lpar* lpar = nullptr;
};
Value score_of(const LparScore& row) { return row.lpar->info.has_resources ? Value(100) : Value("none"); }
constexpr Column<LparScore> lpar_columns[] = {
    {"lpar_name", always, [](const LparScore& r) { return Value(r.lpar->name()); }},
    {"lpar_id", always, [](const LparScore& r) { return Value(r.lpar->id()); }},
    {"curr_lpar_score", always, score_of},
    {"predicted_lpar_score", always, score_of},
};

// What is optimized first, and what is left as it is, if it were done.
struct SystemScore {
  std::string requested = "none";
  std::string kept = "none";
};
constexpr Column<SystemScore> system_columns[] = {
    {"curr_sys_score", always, [](const SystemScore&) { return Value(100); }},
    {"predicted_sys_score", always, [](const SystemScore&) { return Value(100); }},
    {"requested_lpar_ids", always, [](const SystemScore& s) { return Value(s.requested); }},
    {"protected_lpar_ids", always, [](const SystemScore& s) { return Value(s.kept); }},
};

// The IDs of partitions that two options name, by names or by IDs.
Result<std::string> chosen(const Call& call, const System& system, std::string_view names, std::string_view ids) {
  if (call.options.has(names) && call.options.has(ids)) return usage_error(names);
  std::vector<std::string> found;
  for (const std::string& name : attributes::split_list(call.options.value(names))) {
    if (name.empty()) continue;
    const Lpar* lpar = system.lpar(name);
    if (!lpar) return say("HSCL8012", name);
    found.push_back(std::to_string(lpar->id()));
  }
  for (const std::string& text : attributes::split_list(call.options.value(ids))) {
    if (text.empty()) continue;
    const auto id = parse_number<u32>(text);
    if (!id) return usage_error(ids);
    if (!system.lpar(*id)) return say("HSCL8011", *id);
    found.push_back(text);
  }
  return found.empty() ? std::string("none") : list_text(found);
}

}  // namespace
constinit const OptionTable lsmemopt_options = options;

Result<int> lsmemopt(Call& call) {
  const std::string what = call.options.value("-r");
  const std::string score = call.options.value("-o");
  if (call.options.has("-r") && what != "sys" && what != "lpar" && what != "resgroup") return usage_error("-r");
  if (call.options.has("-o") ? score != "currscore" && score != "calcscore" : what == "lpar") return usage_error("-o");
  if (call.options.has("--gid") && what != "resgroup") return usage_error("--gid");
  if (call.options.has("--filter") && what != "lpar") return usage_error("--filter");
  const bool calculates = score == "calcscore";
  for (const std::string_view option : {"-p", "--id", "-x", "--xid"})
    if (call.options.has(option) && !calculates) return usage_error(option);
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  if (what == "resgroup") return say("HSCLCA00");
  const SystemScore row{TRY(chosen(call, *system, "-p", "--id")), TRY(chosen(call, *system, "-x", "--xid"))};
  if (score.empty()) {  // the operation that was started last: none ever was
    call.print("No results were found.\n");
  } else if (what == "lpar") {
    std::vector<LparScore> rows;
    for (const Lpar* lpar : TRY(filtered(call, *system)).lpars) rows.push_back({lpar});
    call.print(TRY(list(std::span(lpar_columns).first(calculates ? 4 : 3), rows, call.options)));
  } else {
    call.print(TRY(list(std::span(system_columns).first(calculates ? 4 : 1), std::vector{row}, call.options)));
  }
  return 0;
}

}  // namespace hmc::cli
