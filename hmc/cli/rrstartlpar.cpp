// SPDX-License-Identifier: GPL-2.0-or-later
// rrstartlpar: a partition of a system that is dead starts on another one.
#include <algorithm>

#include <fmt/format.h>

#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/findings.h"
#include "hmc/lpm/remote_restart.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-o"},
                              {"-m"},
                              {"-t"},
                              {"-p"},
                              {"--id"},
                              {"--vlanbridge"},
                              {"--noconnection", Takes::nothing},
                              {"--force", Takes::nothing},
                              {"-v", Takes::nothing}};

struct Told {
  Status status = emu::success();
  Findings findings;
  std::vector<Error> remarks;
};

Told validate(Console& console, const MoveRequest& request) {
  Told told;
  told.status = validate_restart(console, request, told.findings);
  return told;
}
Told restart(Console& console, const MoveRequest& request) {
  Told told;
  told.status = restart_elsewhere(console, request, told.findings, told.remarks);
  return told;
}
Told cancel(Console& console, const MoveRequest& request) { return {cancel_restart(console, request), {}, {}}; }
Told clean_up(Console& console, const MoveRequest& request) {
  Told told;
  told.status = clean_up_restart(console, request, told.remarks);
  return told;
}
Told recover_it(Console& console, const MoveRequest& request) {
  Told told;
  told.status = recover_restart(console, request, told.remarks);
  return told;
}

constexpr std::string_view where[] = {"-t", "--vlanbridge", "--noconnection", "--force", "-v"};
constexpr std::string_view forced[] = {"--force"};
constexpr std::string_view whom[] = {"-p", "--id"};

struct Operation {
  std::string_view name;
  bool needs_target;
  Told (*run)(Console&, const MoveRequest&);
  Names takes;
};
constexpr Operation operations[] = {{"restart", true, restart, where},
                                    {"validate", true, validate, where},
                                    {"cancel", false, cancel, {}},
                                    {"cleanup", false, clean_up, {}},
                                    {"recover", false, recover_it, forced}};

Result<MoveRequest> request_of(Call& call, const Operation& operation) {
  const Options& given = call.options;
  MoveRequest request;
  request.source_system = given.value("-m");
  if (request.source_system.empty()) return usage_error("-m");
  request.target_system = given.value("-t");
  if (operation.needs_target && request.target_system.empty()) return usage_error("-t");
  if (given.has("-p") + given.has("--id") != 1) return usage_error("-p, --id");
  request.lpar_name = given.value("-p");
  if (given.has("--id")) {
    const auto id = given.number("--id");
    if (!id || *id == 0 || *id > 65535) return usage_error("--id");
    request.lpar_id = static_cast<u32>(*id);
  } else if (request.lpar_name.empty()) {
    return usage_error("-p");
  }
  // Each VLAN must be bridged on the destination: 1 asks for that, 2 would do without.
  if (given.has("--vlanbridge") && given.value("--vlanbridge") != "1") return usage_error("--vlanbridge");
  request.force = given.has("--force");
  request.our_user = call.user.name;
  return request;
}

}  // namespace

constinit const OptionTable rrstartlpar_options = options;

Result<int> rrstartlpar(Call& call) {
  const auto operation = std::ranges::find(operations, call.options.value("-o"), &Operation::name);
  if (operation == std::end(operations)) return usage_error("-o");
  TRY(takes_only(call, options, {whom, operation->takes}));
  const MoveRequest request = TRY(request_of(call, *operation));
  const Told told = operation->run(call.console, request);
  const bool failed = !told.status || has_errors(told.findings);
  const bool warnings = call.options.has("-v") || operation->name == "validate";
  call.print(report(told.findings, warnings));
  for (const Error& remark : told.remarks) call.print(line_of(remark));
  if (!told.status) return told.status.error();
  return failed ? 1 : 0;
}

}  // namespace hmc::cli
