// SPDX-License-Identifier: GPL-2.0-or-later
// chhwres: hardware resources of systems, and of partitions that run.
#include "hmc/cli/chhwres.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/profile_rules.h"
#include "hmc/attributes/memory.h"
#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"},         {"-m"},
                              {"-o"},         {"-a"},
                              {"-p"},         {"--id"},
                              {"--poolname"}, {"--poolid"},
                              {"-t"},         {"--tid"},
                              {"-s"},         {"-q"},
                              {"-w"},         {"-l"},
                              {"-g"},         {"--physport"},
                              {"--logport"},  {"--rsubtype"},
                              {"--procs"},    {"--procunits"},
                              {"-d"},         {"--force", Takes::nothing}};

constexpr u32 longest_wait = 99999;  // minutes
constexpr u32 most_detail = 5;

constexpr std::string_view of_system[] = {"-a"};
constexpr std::string_view of_lpar[] = {"-p", "--id", "-w", "-d", "--force"};
constexpr std::string_view of_memory[] = {"-q"};
constexpr std::string_view of_processors[] = {"--procs", "--procunits"};
constexpr std::string_view of_memory_move[] = {"-q", "-t", "--tid"};
constexpr std::string_view of_processor_move[] = {"--procs", "--procunits", "-t", "--tid"};
constexpr std::string_view of_physical[] = {"-l", "--rsubtype"};
constexpr std::string_view of_physical_move[] = {"-l", "--rsubtype", "-t", "--tid"};
constexpr std::string_view of_hea[] = {"-l", "-g", "--physport", "--logport", "-a"};
constexpr std::string_view of_hea_removal[] = {"-l", "-g", "--logport"};
constexpr std::string_view of_share[] = {"-a"};
constexpr std::string_view of_pool[] = {"-p", "--id", "--poolname", "--poolid", "-a"};
constexpr std::string_view of_addition[] = {"--rsubtype", "-s", "-a"};
constexpr std::string_view of_slot[] = {"--rsubtype", "-s"};

// SIMPLIFIED: taken while the system runs, for its next power-on. A real one takes it only while it is powered off.
Result<int> set_system_memory(Call& call) {
  if (!call.options.has("-a")) return usage_error("-a");
  const Data data = TRY(Data::parse(call.options.value("-a")));
  const SystemTarget target = TRY(system_target(call));
  const System* system = target.system;
  u32 pages = system->info.requested_huge_pages;
  TRY(attributes::assign(attributes::system_memory(), attributes::By::changing, data.all(), pages, [&] { return system->info; }));
  if (pages && pages * emu::huge_page_mb >= system->info.installed_mem_mb) {
    Error error = attributes::wrong_value("requested_num_sys_huge_pages", std::to_string(pages));
    error.text += fmt::format(" The rule is: a huge page has 16 GiB, and something is left of the system's {} MiB.",
                              system->info.installed_mem_mb);
    return error;
  }
  if (pages == system->info.requested_huge_pages) return 0;
  TRY(ask(*target.link, service::RequestHugePages{pages}));
  return 0;
}

struct Operation {
  std::string_view resource;
  std::string_view name;
  Names takes;
  Names takes_more;
  Result<int> (*run)(Call&);
};
constexpr Operation operations[] = {
    {"hea", "a", of_lpar, of_hea, add_logical_port},
    {"hea", "r", of_lpar, of_hea_removal, remove_logical_port},
    {"hea", "s", of_lpar, of_hea, set_host_ethernet},
    {"io", "a", of_lpar, of_physical, add_slot},
    {"io", "r", of_lpar, of_physical, remove_slot},
    {"io", "m", of_lpar, of_physical_move, move_slot},
    {"mem", "s", of_system, {}, set_system_memory},
    {"mem", "a", of_lpar, of_memory, add_memory},
    {"mem", "r", of_lpar, of_memory, remove_memory},
    {"mem", "m", of_lpar, of_memory_move, move_memory},
    {"proc", "a", of_lpar, of_processors, add_processors},
    {"proc", "r", of_lpar, of_processors, remove_processors},
    {"proc", "m", of_lpar, of_processor_move, move_processors},
    {"proc", "s", of_lpar, of_share, set_processors},
    {"procpool", "s", of_pool, {}, set_pool},
    {"virtualio", "a", of_lpar, of_addition, add_virtual_adapter},
    {"virtualio", "r", of_lpar, of_slot, remove_virtual_adapter},
    {"virtualio", "s", of_lpar, of_addition, set_virtual_adapter},
    {"virtualio", "d", of_lpar, of_slot, disable_virtual_adapter},
    {"virtualio", "e", of_lpar, of_slot, enable_virtual_adapter},
};

}  // namespace

constinit const OptionTable chhwres_options = options;

dlpar::Patience patience_of(const Options& given) {
  dlpar::Patience patience;
  patience.minutes = given.number("-w").value_or(patience.minutes);
  patience.detail = given.number("-d").value_or(patience.detail);
  return patience;
}

Result<int> chhwres(Call& call) {
  const std::string resource = call.options.value("-r");
  if (std::ranges::count(operations, resource, &Operation::resource) == 0) return usage_error("-r");
  const std::string name = call.options.value("-o");
  const auto operation =
      std::ranges::find_if(operations, [&](const Operation& each) { return each.resource == resource && each.name == name; });
  if (operation == std::end(operations)) return usage_error("-o");
  TRY(takes_only(call, options, {operation->takes, operation->takes_more}));
  if (resource == "io" && call.options.has("--rsubtype") && call.options.value("--rsubtype") != "slot")
    return usage_error("--rsubtype");
  // SIMPLIFIED: what a Virtual I/O Server does takes no time, and it has nothing to say of the details.
  for (const auto& [number, most] : {std::pair{"-w", longest_wait}, {"-d", most_detail}})
    if (call.options.has(number) && call.options.number(number).value_or(most + 1) > most) return usage_error(number);
  return operation->run(call);
}

}  // namespace hmc::cli
