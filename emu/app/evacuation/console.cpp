// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/console.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/grant.h"
#include "emu/core/text.h"

namespace emu::app::evacuation {

namespace {

using Row = std::vector<std::string>;

// Lines of a listing with -F; values that have commas are not asked for.
Result<std::vector<Row>> listed(const Ask& ask, Row words, const std::string& fields) {
  words.insert(words.end(), {"-F", fields});
  const Answer answer = TRY(ask(words));
  std::vector<Row> rows;
  const size_t columns = split(fields, ',').size();
  if (answer.code != 0) return Error{"hmc", answer.output.substr(0, answer.output.find('\n'))};
  for (const std::string& line : emu::words(answer.output, '\n')) {
    Row row = split(line, ',');
    if (row.size() == columns) rows.push_back(std::move(row));  // else: "No results were found."
  }
  return rows;
}

u64 number(const std::string& text) { return parse_number<u64>(text).value_or(0); }
// "0.4": hundredths.
u32 hundredths(const std::string& text) {
  const auto parts = split(text, '.');
  const std::string fraction = parts.size() > 1 ? (parts[1] + "00").substr(0, 2) : "00";
  return static_cast<u32>(number(parts[0]) * 100 + number(fraction));
}

}  // namespace

Result<std::vector<Guest>> guests_of(const Ask& ask, const std::string& system) {
  std::vector<Guest> guests;
  const auto partitions = TRY(listed(ask, {"lssyscfg", "-r", "lpar", "-m", system}, "name,lpar_env,state"));
  for (const Row& row : partitions)
    if (row[1] != "vioserver") guests.push_back({row[0], row[2] != "Not Activated", 0, 0, {}, system});
  const auto find = [&](const std::string& name) { return std::ranges::find(guests, name, &Guest::name); };
  const auto sizes = TRY(listed(ask, {"lshwres", "-r", "mem", "-m", system, "--level", "sys"}, "mem_region_size"));
  const u32 lmb_mb = sizes.empty() ? 16 : static_cast<u32>(number(sizes[0][0]));
  for (const Row& row :
       TRY(listed(ask, {"lshwres", "-r", "mem", "-m", system, "--level", "lpar"}, "lpar_name,curr_mem,curr_max_mem"))) {
    const auto guest = find(row[0]);
    if (guest == guests.end() || !guest->running) continue;
    Capacity has;
    has.desired_mem = static_cast<u32>(number(row[1]));
    has.max_mem = static_cast<u32>(number(row[2]));
    guest->memory_mb = has.desired_mem + page_table_mb_of(lmb_mb, LparEnv::aixlinux, has);
  }
  for (const Row& row : TRY(listed(ask, {"lshwres", "-r", "proc", "-m", system, "--level", "lpar"},
                                   "lpar_name,curr_proc_mode,curr_proc_units,curr_procs"))) {
    const auto guest = find(row[0]);
    if (guest == guests.end() || !guest->running) continue;
    guest->units = row[1] == "ded" ? static_cast<u32>(number(row[3]) * 100) : hundredths(row[2]);
  }
  return guests;
}

Result<Room> room_of(const Ask& ask, const std::string& system) {
  Room room;
  room.system = system;
  const auto memory =
      TRY(listed(ask, {"lshwres", "-r", "mem", "-m", system, "--level", "sys"}, "curr_avail_sys_mem,configurable_sys_mem"));
  const auto processors = TRY(listed(ask, {"lshwres", "-r", "proc", "-m", system, "--level", "sys"},
                                     "curr_avail_sys_proc_units,configurable_sys_proc_units"));
  const auto most = TRY(listed(ask, {"lssyscfg", "-r", "sys", "-m", system}, "max_lpars"));
  const auto there = TRY(listed(ask, {"lssyscfg", "-r", "lpar", "-m", system}, "name"));
  if (memory.empty() || processors.empty() || most.empty())
    return Error{"hmc", fmt::format("{} does not tell what it has.", system)};
  room.memory_mb = number(memory[0][0]);
  room.units = hundredths(processors[0][0]);
  room.memory_all_mb = number(memory[0][1]);
  room.units_all = hundredths(processors[0][1]);
  room.partitions = static_cast<u32>(number(most[0][0]) - std::min<u64>(number(most[0][0]), there.size()));
  return room;
}

Result<std::string> validated(const Ask& ask, const std::string& from, const std::string& to, const std::string& partition) {
  const Answer answer = TRY(ask({"migrlpar", "-o", "v", "-m", from, "-t", to, "-p", partition}));
  if (answer.code == 0) return std::string();
  for (const std::string& line : words(answer.output, '\n'))
    if (line != "Errors:") return line;
  return std::string("It is refused.");
}

bool migrates(const Whereabouts& where) { return where.state.starts_with("Migrating"); }

Result<std::optional<Whereabouts>> where_is(const Ask& ask, const std::vector<std::string>& systems,
                                            const std::string& partition) {
  std::optional<Whereabouts> found;
  for (const std::string& system : systems) {
    for (const Row& row : TRY(listed(ask, {"lssyscfg", "-r", "lpar", "-m", system}, "name,state"))) {
      if (row[0] != partition) continue;
      // While it migrates both have it: either says so. Another one may have its name on a system behind.
      if (!found || (migrates(*found) && !row[1].starts_with("Migrating"))) found = Whereabouts{system, row[1]};
    }
  }
  return found;
}

// -w: a mover that has no room for one more is waited for.
std::vector<std::string> move_command(const std::string& from, const std::string& to, const std::string& partition) {
  return {"migrlpar", "-o", "m", "-m", from, "-t", to, "-p", partition, "-w", "5"};
}
std::vector<std::string> recover_command(const std::string& system, const std::string& partition) {
  return {"migrlpar", "-o", "r", "-m", system, "-p", partition};
}
std::vector<std::string> maintenance_command(const std::string& system, bool on) {
  return {"chsyscfg", "-r", "sys", "-m", system, "-i", on ? "maintenance=1" : "maintenance=0"};
}
std::vector<std::string> shutdown_command(const std::string& system, const std::string& partition) {
  return {"chsysstate", "-r", "lpar", "-m", system, "-o", "osshutdown", "--immed", "-n", partition};
}
std::vector<std::string> start_command(const std::string& system, const std::string& partition) {
  return {"chsysstate", "-r", "lpar", "-m", system, "-o", "on", "-n", partition};
}

}  // namespace emu::app::evacuation
