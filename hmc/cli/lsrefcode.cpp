// SPDX-License-Identifier: GPL-2.0-or-later
// lsrefcode: reference codes of partitions and of the system, newest first. (Redbook 6.1, appendix B)
#include <algorithm>
#include <array>

#include "hmc/attributes/time.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"}, {"-m"}, {"-s"}, {"-n"}, {"--filter"}, {"-F", Takes::names}, {"--header", Takes::nothing}};

struct Row {
  const Lpar* lpar = nullptr;  // null: the system's
  service::RefCode code;
  u32 number = 0;
};

constexpr Shown always = Shown::always;
// Of a partition that has shown nothing yet, nothing.
std::string stamp_of(const service::RefCode& code) { return code.wall ? attributes::time_text(code.wall) : std::string(); }

// Nothing that has a code here says more with it.
Value no_word(const Row&) { return Value(""); }

constexpr Column<Row> code_columns[] = {
    {"time_stamp", always, [](const Row& r) { return Value(stamp_of(r.code)); }},
    {"refcode", always, [](const Row& r) { return Value(r.code.refcode); }},
    {"word2", always, [](const Row& r) { return Value(r.code.word2); }},
    {"word3", always, no_word},
    {"word4", always, no_word},
    {"word5", always, no_word},
    {"word6", always, no_word},
    {"word7", always, no_word},
    {"word8", always, no_word},
    {"word9", always, no_word},
    {"fru_call_out_loc_codes", always, no_word},
};
// Before these, whose they are.
template <size_t n>
consteval auto with_codes(const Column<Row> (&whose)[n]) {
  std::array<Column<Row>, n + std::size(code_columns)> all{};
  std::ranges::copy(code_columns, std::ranges::copy(whose, all.begin()).out);
  return all;
}
constexpr auto lpar_columns = with_codes({{"lpar_name", always, [](const Row& r) { return Value(r.lpar->name()); }},
                                          {"lpar_id", always, [](const Row& r) { return Value(r.lpar->id()); }}});
constexpr auto sys_columns = with_codes({{"refcode_num", always, [](const Row& r) { return Value(r.number); }}});

}  // namespace

constinit const OptionTable lsrefcode_options = options;

Result<int> lsrefcode(Call& call) {
  const std::string what = call.options.value("-r");
  if (what != "lpar" && what != "sys") return usage_error("-r");
  u32 count = 1;
  if (call.options.has("-n")) {
    const auto wanted = call.options.number("-n");
    if (!wanted || *wanted == 0) return usage_error("-n");
    count = *wanted;
  }
  // Which service processor: a system here has the primary one only.
  const std::string side = call.options.value("-s");
  if (call.options.has("-s") && (what != "sys" || (side != "p" && side != "s"))) return usage_error("-s");
  if (what == "sys" && call.options.has("--filter")) return usage_error("--filter");
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  FrameLink& link = *call.console.link(system->frame);
  std::vector<Row> rows;
  if (what == "sys") {
    if (side == "s") count = 0;
    for (const auto& code : TRY(ask(link, service::ListRefCodes{0, count})).codes)
      rows.push_back({nullptr, code, static_cast<u32>(rows.size())});
    call.print(TRY(list<Row>(sys_columns, rows, call.options)));
    return 0;
  }
  for (const Lpar* lpar : TRY(filtered(call, *system)).lpars) {
    auto codes = TRY(ask(link, service::ListRefCodes{lpar->id(), count})).codes;
    // A partition without any still has its line, with what it shows now.
    if (codes.empty()) codes.push_back(lpar->info.refcode);
    for (const auto& code : codes) rows.push_back({lpar, code, 0});
  }
  call.print(TRY(list<Row>(lpar_columns, rows, call.options)));
  return 0;
}

}  // namespace hmc::cli
