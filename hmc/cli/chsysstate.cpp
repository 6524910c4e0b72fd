// SPDX-License-Identifier: GPL-2.0-or-later
// chsysstate: power of partitions, one by one or by a system profile.
#include <algorithm>
#include <span>
#include <string_view>

#include "hmc/cli/change.h"
#include "hmc/cli/commands.h"
#include "hmc/cli/power.h"
#include "hmc/cli/system_profiles.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-r"},
                              {"-m"},
                              {"-o"},
                              {"-n"},
                              {"-p"},
                              {"--id"},
                              {"-f"},
                              {"-b"},
                              {"--immed", Takes::nothing},  // no shutdown here waits for anything: all are
                              {"--restart", Takes::nothing},
                              {"--test", Takes::nothing},
                              {"--continue", Takes::nothing}};

constexpr u64 power_time = 60 * emu::nanoseconds_per_second;

Result<int> activate_with(const Target& target, const std::string& profile, std::optional<emu::BootMode> boot_mode) {
  const Lpar& lpar = *target.lpar;
  if (!lpar.off() && !lpar.failed()) return say("HSCL3681", lpar.name());
  if (!lpar.info.definition.profile(profile)) return say("HSCLF010", profile, lpar.name());
  TRY(ask(*target.link, service::ActivateLpar{lpar.id(), profile, boot_mode}, power_time));
  return 0;
}

Result<int> on(Call& call, const Target& target) {
  const std::string profile = call.options.value("-f");
  if (profile.empty() && call.options.has("-f")) return usage_error("-f");
  const auto boot_mode = emu::from_word<emu::BootMode>(call.options.value("-b"));
  if (call.options.has("-b") && !boot_mode) return usage_error("-b");
  return activate_with(target, profile.empty() ? target.lpar->info.definition.next_profile() : profile, boot_mode);
}

// The hypervisor takes the power away; the operating system is not asked.
Result<int> shut_down(Call& call, const Target& target) {
  if (target.lpar->off()) return say("HSCL1558", target.lpar->name());
  const auto how = call.options.has("--restart") ? service::PowerOff::restart : service::PowerOff::immediate;
  TRY(ask(*target.link, service::PowerOffLpar{target.lpar->id(), how}, power_time));
  return 0;
}

Result<int> shut_down_os(Call& call, const Target& target) {
  const Lpar& lpar = *target.lpar;
  if (lpar.off()) return say("HSCL1558", lpar.name());
  // SIMPLIFIED: a Virtual I/O Server has no operating system of its own to be asked.
  if (lpar.is_vios()) return shut_down(call, target);
  const std::string request = call.options.has("--restart") ? "shutdown restart" : "shutdown";
  const auto answer = call.console.rmc().call(lpar.info.definition.ip_address, request, 10 * emu::nanoseconds_per_second);
  if (answer || answer.error().code == "rmc-busy") return 0;
  if (answer.error().code == "rmc-refused") return say("HSCLA29A", request, lpar.name(), answer.error().text);
  return say("HSCL0DB4", lpar.name());
}

Result<int> restart_with_dump(Call& call, const Target& target) {
  // SIMPLIFIED: there is no dump.
  if (target.lpar->off()) return say("HSCL1558", target.lpar->name());
  TRY(ask(*call.console.link(target.system->frame), service::PowerOffLpar{target.lpar->id(), service::PowerOff::restart},
          power_time));
  return 0;
}

// Beside -r, -m and -o, what each kind of resource, and each operation on a partition, takes.
constexpr std::string_view of_partition[] = {"-n", "-p", "--id"};
constexpr std::string_view of_activation[] = {"-f", "-b"};
constexpr std::string_view of_shutdown[] = {"--immed", "--restart"};
constexpr std::string_view of_system_profile[] = {"-n", "--test", "--continue"};

struct Operation {
  std::string_view name;
  Result<int> (*run)(Call&, const Target&);
  Names takes;
};
constexpr Operation operations[] = {{"on", on, of_activation},
                                    {"shutdown", shut_down, of_shutdown},
                                    {"osshutdown", shut_down_os, of_shutdown},
                                    {"dumprestart", restart_with_dump, {}}};

Result<int> system_power(Call& call) {
  const std::string operation = call.options.value("-o");
  const Inventory inventory = call.inventory(Detail::systems);
  const System* system = TRY(system_of(call, inventory, "-m", Connection::not_needed));
  if (operation != "on" && operation != "onstandby" && operation != "off") return usage_error("-o");
  // Already as wanted: nothing to do, and silent.
  if (operation != "off" && system->connected) return 0;
  return say("HSCLF017", "The console has no power over the process of a frame.");
}

}  // namespace

constinit const OptionTable chsysstate_options = options;

Result<int> activate(Call& call, u32 lpar_id, const std::string& profile) {
  return activate_with(TRY(target_of(call, lpar_id)), profile, std::nullopt);
}

Result<int> chsysstate(Call& call) {
  const std::string what = call.options.value("-r");
  if (what == "sysprof") {
    TRY(takes_only(call, options, {of_system_profile}));
    return start_system_profile(call);
  }
  if (what == "sys") {
    TRY(takes_only(call, options, {}));
    return system_power(call);
  }
  if (what != "lpar") return usage_error("-r");
  const auto operation = std::ranges::find(operations, call.options.value("-o"), &Operation::name);
  if (operation == std::end(operations)) return usage_error("-o");
  TRY(takes_only(call, options, {of_partition, operation->takes}));
  const Target target = TRY(target_of(call, call.options.has("-p") ? "-p" : "-n"));
  return operation->run(call, target);
}

}  // namespace hmc::cli
