// SPDX-License-Identifier: GPL-2.0-or-later
// migrlpar: validate, migrate, stop, recover. (Redbook 5.6.1)
#include <algorithm>
#include <atomic>
#include <thread>

#include <fmt/format.h>

#include "emu/core/address.h"
#include "hmc/attributes/names.h"
#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/findings.h"
#include "hmc/lpm/migrate.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {
    {"-o"},
    {"-m"},
    {"-t"},
    {"-p"},
    {"--id"},
    {"-n"},
    {"-i"},
    {"-f", Takes::file},
    {"-w"},
    {"-d"},
    {"--all", Takes::nothing},
    {"--force", Takes::nothing},
    {"-v", Takes::nothing},
    {"--ip"},
    {"-u"},
    // Of later releases.
    {"--vlanbridge"},
    {"--uuid"},
};

// Each VLAN must be bridged on the destination, and a partition keeps its UUID: 1 asks for that, 2 would do without.
constexpr std::string_view always_insisted_on[] = {"--vlanbridge", "--uuid"};

constexpr u64 minute = 60 * emu::nanoseconds_per_second;

// The attributes of -i and -f, one row each.
struct Input {
  std::string_view name;
  Status (*take)(MoveRequest&, const Assignment&);
};

Error bad_input(const Assignment& attribute) { return usage_error("-i (" + attribute.name + ")"); }

constexpr u32 largest_id = 254;

// Several attributes may name one thing: then they must agree.
template <class T>
Status agree(T& into, const T& said, const T& unsaid, const Assignment& attribute) {
  if (into != unsaid && into != said) return bad_input(attribute);
  into = said;
  return emu::success();
}
Status take_name(std::string& into, const std::string& name, const Assignment& attribute) {
  return agree(into, name, std::string(), attribute);
}
Status take_id(u32& into, const std::string& text, const Assignment& attribute) {
  const auto id = parse_number<u32>(text);
  if (!id || *id == 0 || *id > largest_id) return bad_input(attribute);
  return agree(into, *id, 0u, attribute);
}

Status take_address(std::string& into, const std::string& text, const Assignment& attribute) {
  if (!emu::parse_address(text)) return bad_input(attribute);
  return agree(into, text, std::string(), attribute);
}

// name/id/ip, as for redundant movers; there is one here.
Status take_mover(MoveRequest::Msp& msp, const Assignment& attribute) {
  const auto parts = emu::split(attribute.values.front(), '/');
  if (attribute.values.size() > 1 || parts.size() > 3) return bad_input(attribute);
  if (parts[0].empty() && (parts.size() < 2 || parts[1].empty())) return bad_input(attribute);
  if (!parts[0].empty()) TRY(take_name(msp.name, parts[0], attribute));
  if (parts.size() > 1 && !parts[1].empty()) TRY(take_id(msp.id, parts[1], attribute));
  if (parts.size() > 2 && !parts[2].empty()) TRY(take_address(msp.ip_address, parts[2], attribute));
  return emu::success();
}

// SIMPLIFIED: these attributes are ours: a real console has limits of its own, which nobody can set.
template <MovePhase phase>
Status take_limit(MoveRequest& request, const Assignment& attribute) {
  const auto seconds = parse_number<u32>(attribute.text);
  if (!seconds || *seconds == 0 || *seconds > longest_phase_limit) return bad_input(attribute);
  request.phase_limits[static_cast<size_t>(phase)] = *seconds * emu::nanoseconds_per_second;
  return emu::success();
}

constexpr Input inputs[] = {
    {"virtual_scsi_mappings",
     [](MoveRequest& r, const Assignment& a) {
       r.virtual_scsi_mappings = a.values;
       return emu::success();
     }},
    {"vlan_mappings",
     [](MoveRequest& r, const Assignment& a) {
       r.vlan_mappings = a.values;
       return emu::success();
     }},
    {"source_msp_name", [](MoveRequest& r, const Assignment& a) { return take_name(r.source_msp.name, a.text, a); }},
    {"source_msp_id", [](MoveRequest& r, const Assignment& a) { return take_id(r.source_msp.id, a.text, a); }},
    {"dest_msp_name", [](MoveRequest& r, const Assignment& a) { return take_name(r.dest_msp.name, a.text, a); }},
    {"dest_msp_id", [](MoveRequest& r, const Assignment& a) { return take_id(r.dest_msp.id, a.text, a); }},
    {"source_msp_ipaddr", [](MoveRequest& r, const Assignment& a) { return take_address(r.source_msp.ip_address, a.text, a); }},
    {"dest_msp_ipaddr", [](MoveRequest& r, const Assignment& a) { return take_address(r.dest_msp.ip_address, a.text, a); }},
    {"source_msps", [](MoveRequest& r, const Assignment& a) { return take_mover(r.source_msp, a); }},
    {"dest_msps", [](MoveRequest& r, const Assignment& a) { return take_mover(r.dest_msp, a); }},
    {"dest_lpar_id", [](MoveRequest& r, const Assignment& a) { return take_id(r.dest_lpar_id, a.text, a); }},
    {"shared_proc_pool_id",
     [](MoveRequest& r, const Assignment& a) -> Status {
       r.shared_proc_pool.id = parse_number<u32>(a.text);
       if (!r.shared_proc_pool.id) return bad_input(a);
       return emu::success();
     }},
    // Ours as well.
    {"local_storage",
     [](MoveRequest& r, const Assignment& a) -> Status {
       if (a.text != "copy") return bad_input(a);
       r.copies_storage = true;
       return emu::success();
     }},
    {row_of(MovePhase::init).limit, take_limit<MovePhase::init>},
    {row_of(MovePhase::copy).limit, take_limit<MovePhase::copy>},
    {row_of(MovePhase::io_quiesce).limit, take_limit<MovePhase::io_quiesce>},
    {row_of(MovePhase::frozen).limit, take_limit<MovePhase::frozen>},
    {"shared_proc_pool_name", [](MoveRequest& r, const Assignment& a) { return take_name(r.shared_proc_pool.name, a.text, a); }},
};

// Nothing that is entered is overlooked: each name is a row above, and has a value.
Status take_inputs(MoveRequest& request, const Data& data) {
  const auto row = [](const Assignment& attribute) { return std::ranges::find(inputs, attribute.name, &Input::name); };
  std::string unknown;
  for (const Assignment& attribute : data.all())
    if (row(attribute) == std::end(inputs)) unknown += (unknown.empty() ? "" : ", ") + attribute.name;
  if (!unknown.empty()) return attributes::unknown_attribute(unknown);
  for (const Assignment& attribute : data.all()) {
    const bool filled = std::ranges::count(attribute.values, "") == 0;
    if (!filled || attribute.change != Change::set) return bad_input(attribute);
    TRY(row(attribute)->take(request, attribute));
  }
  return emu::success();
}

struct Outcome {
  std::string text;
  bool failed = false;
};

std::string lines_of(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) text += line_of(error);
  return text;
}

Outcome validate_one(Call& call, const MoveRequest& request) {
  const auto proposal = propose(call.console, request, Purpose::validation);
  if (!proposal) return {line_of(proposal.error()), true};
  return {report((*proposal)->findings, true), has_errors((*proposal)->findings)};
}

Outcome migrate_one(Call& call, const MoveRequest& request) {
  const auto proposal = propose(call.console, request, Purpose::migration);
  if (!proposal) return {line_of(proposal.error()), true};
  const bool verbose = call.options.has("-v");
  if (has_errors((*proposal)->findings)) return {report((*proposal)->findings, verbose), true};
  std::string text = verbose ? report((*proposal)->findings, true) : "";
  std::vector<Error> remarks;
  const Status moved = migrate(call.console, **proposal, remarks);
  text += lines_of(remarks);
  if (!moved) text += line_of(moved.error());
  return {text, !moved};
}

Outcome stop_one(Call& call, const MoveRequest& request) {
  const Status stopped = stop_migration(call.console, request);
  if (!stopped) return {line_of(stopped.error()), true};
  return {};
}

Outcome recover_one(Call& call, const MoveRequest& request) {
  std::vector<Error> remarks;
  const Status recovered = recover(call.console, request, remarks);
  std::string text = lines_of(remarks);
  if (!recovered) text += line_of(recovered.error());
  return {text, !recovered};
}

struct Operation {
  std::string_view letter;
  bool needs_target;
  bool side_by_side;  // several partitions at a time
  Outcome (*run)(Call&, const MoveRequest&);
};
constexpr Operation operations[] = {
    {"v", true, false, validate_one},
    {"m", true, true, migrate_one},
    {"s", false, false, stop_one},
    {"r", false, false, recover_one},
};

// -v: a line for each step and each tenth of the memory, while the migration goes on.
void show_progress(Call& call, const std::vector<MoveRequest>& requests, const std::atomic<bool>& done) {
  std::map<u64, std::pair<u32, u32>> shown;
  while (!done) {
    for (const MoveStatus& move : call.console.moves().all()) {
      const bool ours = move.ended_at == 0 && std::ranges::any_of(requests, [&](const MoveRequest& r) {
                          return r.lpar_name == move.lpar_name || (r.lpar_id && r.lpar_id == move.source_lpar_id);
                        });
      if (!ours) continue;
      const std::pair now{move.step, move.percent / 10};
      if (!shown.insert({move.stream, {0, 0}}).second && shown[move.stream] == now) continue;
      shown[move.stream] = now;
      call.print(fmt::format("{}: {:3}%  {}\n", move.lpar_name, move.percent, move.step_name));
    }
    call.console.pause().sleep(50 * millisecond);
  }
}

Result<std::vector<MoveRequest>> requests_of(Call& call, const Operation& operation) {
  const Options& given = call.options;
  MoveRequest request;
  request.source_system = given.value("-m");
  if (request.source_system.empty()) return usage_error("-m");
  request.target_system = given.value("-t");
  request.remote_ip = given.value("--ip");
  if (!request.remote_ip.empty()) request.remote_user = remote_user(call);
  request.our_user = call.user.name;
  if (operation.needs_target && request.target_system.empty()) return usage_error("-t");
  request.profile_name = given.value("-n");
  if (!request.profile_name.empty()) TRY(attributes::valid_name(request.profile_name));
  request.force = given.has("--force");
  if (given.has("-w")) {
    const auto minutes = given.number("-w");
    if (!minutes || *minutes > 10000) return usage_error("-w");
    request.wait_for_mover = true;
    request.wait = std::max<u64>(*minutes, 1) * minute;  // 0: no time limit on a real HMC; here the shortest
  }
  if (given.has("-d")) {
    const auto detail = given.number("-d");
    if (!detail || *detail > 5) return usage_error("-d");
    request.detail = static_cast<u32>(*detail);
  }
  // Input data is for the migration and its validation. (Redbook 5.6.1)
  for (const std::string_view option : {"-i", "-f"})
    if (given.has(option) && !operation.needs_target) return usage_error(option);
  if (given.has("-i") || given.has("-f")) {
    const std::vector<Data> data = TRY(input_data(call));
    if (data.size() > 1) return say("HSCLF023", given.value("-f"), "It has more than one line");
    TRY(take_inputs(request, data.front()));
  }
  if (given.has("-p") + given.has("--id") + given.has("--all") != 1) return usage_error("-p, --id");

  std::vector<MoveRequest> requests;
  for (const std::string& name : attributes::split_list(given.value("-p"))) {
    if (name.empty()) continue;
    requests.push_back(request);
    requests.back().lpar_name = name;
  }
  for (const std::string& text : attributes::split_list(given.value("--id"))) {
    if (text.empty()) continue;
    const auto id = parse_number(text);
    if (!id || *id == 0 || *id > 65535) return usage_error("--id");
    requests.push_back(request);
    requests.back().lpar_id = static_cast<u32>(*id);
  }
  if (given.has("--all")) {
    const Inventory inventory = call.inventory(Detail::lpars, Others::as_well);
    const System* system = TRY(system_of(call, inventory));
    for (const Lpar& lpar : system->lpars) {
      if (lpar.is_vios()) continue;
      requests.push_back(request);
      requests.back().lpar_name = lpar.name();
    }
    if (requests.empty()) return usage_error("--all");
  }
  if (requests.empty()) return usage_error(given.has("-p") ? "-p" : "--id");
  if (requests.size() > 1 && request.dest_lpar_id) return usage_error("-i (dest_lpar_id)");  // an ID is for one
  return requests;
}

// Of several, none is begun if one of them is not there.
Status all_are_there(const Call& call, const std::vector<MoveRequest>& requests) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  for (const MoveRequest& request : requests) {
    if (!request.lpar_name.empty() && !system->lpar(request.lpar_name)) return say("HSCL8012", request.lpar_name);
    if (request.lpar_name.empty() && !system->lpar(request.lpar_id)) return say("HSCL8011", request.lpar_id);
  }
  return emu::success();
}

}  // namespace

constinit const OptionTable migrlpar_options = options;

Result<int> migrlpar(Call& call) {
  const auto operation = std::ranges::find(operations, call.options.value("-o"), &Operation::letter);
  if (operation == std::end(operations)) return usage_error("-o");
  TRY(meet_other_console(call, Console::Meet::to_migrate));
  if (operation->letter == "s" && call.options.has("--ip")) return usage_error("--ip");  // only where it began
  for (const std::string_view option : always_insisted_on)
    if (call.options.has(option) && call.options.value(option) != "1") return usage_error(option);
  const std::vector<MoveRequest> requests = TRY(requests_of(call, *operation));
  if (requests.size() > 1 && operation->needs_target) TRY(all_are_there(call, requests));

  std::vector<Outcome> outcomes(requests.size());
  std::atomic<bool> done = false;
  std::thread progress;
  if (call.options.has("-v") && operation->letter == "m") progress = std::thread([&] { show_progress(call, requests, done); });
  // SIMPLIFIED: of one command as many partitions at a time as one mover can take; more commands may run besides.
  constexpr size_t at_a_time = service::migrations_per_mover;
  for (size_t first = 0; first < requests.size(); first += at_a_time) {
    const size_t last = std::min(first + at_a_time, requests.size());
    std::vector<std::thread> workers;
    for (size_t i = first + 1; i < last && operation->side_by_side; ++i)
      workers.emplace_back([&, i] { outcomes[i] = operation->run(call, requests[i]); });
    for (size_t i = first; i < last; ++i)
      if (i == first || !operation->side_by_side) outcomes[i] = operation->run(call, requests[i]);
    for (std::thread& worker : workers) worker.join();
  }
  done = true;
  if (progress.joinable()) progress.join();
  bool failed = false;
  for (const Outcome& outcome : outcomes) {
    call.print(outcome.text);
    failed = failed || outcome.failed;
  }
  return failed ? 1 : 0;
}

}  // namespace hmc::cli
