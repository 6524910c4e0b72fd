// SPDX-License-Identifier: GPL-2.0-or-later
// chsysstate: power of systems, and of partitions, one by one or by a system profile.
#include <algorithm>
#include <array>
#include <set>
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
constexpr u64 shutdown_look = 200 * millisecond;  // between two looks at partitions that shut down

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

// ---- the system itself ----

Result<int> set_power(Call& call, const System& system, emu::SystemPower power) {
  TRY(ask(*call.console.link(system.frame), service::PowerSystem{power}, power_time));
  return 0;
}

// Without --immed the operating systems are asked to end first, and the power stays if one of them does not.
Status shut_down_all(Call& call, const std::string& name) {
  const auto now = [&] { return call.console.clock().monotonic(); };
  std::set<u32> asked;
  for (const u64 deadline = now() + 5 * power_time;; call.console.pause().sleep(shutdown_look)) {
    const Inventory inventory = call.console.inventory(Detail::lpars, std::array{name}, Others::by_name);
    const System* system = inventory.find(name);
    if (!system || !system->connected) return say("HSCLF014", name);
    const auto runs = [](const Lpar& lpar) { return !lpar.is_vios() && !lpar.off() && !lpar.failed(); };
    const auto found = std::ranges::find_if(system->lpars, runs);
    if (found == system->lpars.end()) return emu::success();
    for (const Lpar& lpar : system->lpars)
      if (runs(lpar) && asked.insert(lpar.id()).second) {
        const auto answer =
            call.console.rmc().call(lpar.info.definition.ip_address, "shutdown", 10 * emu::nanoseconds_per_second);
        if (!answer && answer.error().code != "rmc-busy") return say("HSCLF033", name, lpar.name(), lpar.state());
      }
    if (now() > deadline || call.session.cancelled()) return say("HSCLF033", name, found->name(), found->state());
  }
}

Result<int> power_off(Call& call, const System& system) {
  const bool immediately = call.options.has("--immed");
  if (call.options.has("--restart") && !immediately) return usage_error("--immed");
  if (!immediately && system.has_power()) TRY(shut_down_all(call, system.name()));
  TRY(set_power(call, system, emu::SystemPower::off));
  return call.options.has("--restart") ? set_power(call, system, emu::SystemPower::operating) : 0;
}
Result<int> power_on(Call& call, const System& system) { return set_power(call, system, emu::SystemPower::operating); }
Result<int> to_standby(Call& call, const System& system) {
  return system.has_power() ? Result<int>(0) : set_power(call, system, emu::SystemPower::standby);
}
// The console asks each system anew whenever it needs to know something: nothing is to be built again.
Result<int> rebuild(Call&, const System&) { return 0; }
// SIMPLIFIED: no system loses what it knows of its partitions, so none is ever in that state.
Result<int> recover(Call&, const System& system) { return say("HSCLF034", system.name()); }

struct SystemOperation {
  std::string_view name;
  Result<int> (*run)(Call&, const System&);
  Names takes;
};
constexpr SystemOperation system_operations[] = {{"on", power_on, {}},
                                                 {"onstandby", to_standby, {}},
                                                 {"off", power_off, of_shutdown},
                                                 {"rebuild", rebuild, {}},
                                                 {"recover", recover, {}}};

Result<int> system_state(Call& call) {
  const auto operation = std::ranges::find(system_operations, call.options.value("-o"), &SystemOperation::name);
  if (operation == std::end(system_operations)) return usage_error("-o");
  TRY(takes_only(call, options, {operation->takes}));
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory, "-m", Connection::not_needed));
  if (!system->connected) return say("HSCLF017", system->name());
  return operation->run(call, *system);
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
  if (what == "sys") return system_state(call);
  if (what != "lpar") return usage_error("-r");
  const auto operation = std::ranges::find(operations, call.options.value("-o"), &Operation::name);
  if (operation == std::end(operations)) return usage_error("-o");
  TRY(takes_only(call, options, {of_partition, operation->takes}));
  const Target target = TRY(target_of(call, call.options.has("-p") ? "-p" : "-n"));
  return operation->run(call, target);
}

}  // namespace hmc::cli
