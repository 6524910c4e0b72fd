// SPDX-License-Identifier: GPL-2.0-or-later
// Redbook 5.4: the shared-processor pools of a system, and one of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/app/console/sheets/sheets.h"

namespace emu::app::console {

namespace {

Definition pool_properties(const std::string& system, const std::string& id) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = fmt::format("Shared Processor Pool {} of {}", id, system);
  Source pool =
      source("pool", system, "lshwres -r procpool",
             {"name", "max_pool_proc_units", "curr_reserved_pool_proc_units", "pend_reserved_pool_proc_units", "lpar_names"});
  pool.command.words.insert(pool.command.words.end(), {"--filter", "pool_ids=" + id});
  sheet->sources = {pool};
  constexpr auto text = FieldKind::text;
  sheet->tabs = {
      {"Pool",
       {{"Pool name", "pool", "name", text, {}, {}, "new_name"},
        {"Maximum processing units", "pool", "max_pool_proc_units", text},
        {"Reserved processing units", "pool", "pend_reserved_pool_proc_units", text, {}, {}, "reserved_pool_proc_units"},
        {"Partitions", "pool", "lpar_names"}}}};
  sheet->changes = [system, id](const Sheet& changed) {
    const auto pairs = changed.changed_of("pool");
    if (pairs.empty()) return std::vector<Command>{};
    return std::vector<Command>{
        command(system, "chhwres -r procpool -o s", {"--poolid", id, "-a", fmt::format("{}", fmt::join(pairs, ","))})};
  };
  return sheet;
}

}  // namespace

Definition processor_pools(const std::string& system) {
  auto sheet = std::make_shared<SheetDefinition>();
  sheet->title = "Shared Processor Pools - " + system;
  sheet->sources = {
      source("pool", system, "lshwres -r procpool",
             {"name", "shared_proc_pool_id", "max_pool_proc_units", "curr_reserved_pool_proc_units", "lpar_names"})};
  sheet->tabs = {{"Pools",
                  {},
                  {{"",
                    {"Pool name", "Pool ID", "Maximum processing units", "Reserved processing units", "Partitions"},
                    listed_rows("pool", {"name", "shared_proc_pool_id", "max_pool_proc_units", "curr_reserved_pool_proc_units",
                                         "lpar_names"}),
                    {{"O", "Properties", [system](const Sheet& from, size_t row) {
                        return Deed{{}, pool_properties(system, from.listing("pool").value(row, "shared_proc_pool_id")), {}};
                      }}}}}}};
  return sheet;
}

}  // namespace emu::app::console
