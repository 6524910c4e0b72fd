// SPDX-License-Identifier: GPL-2.0-or-later
// updlic: levels of a system's firmware are installed, activated, accepted and removed.
// SIMPLIFIED: the console's own disk (-r disk) has every level that is named; a level is a number, and nothing else becomes different.
#include <algorithm>

#include "emu/core/firmware_level.h"
#include "hmc/cli/commands.h"
#include "hmc/messages.h"
#include "hmc/service_state.h"

namespace hmc::cli {

namespace {

using emu::FirmwareLevels;

constexpr Option options[] = {{"-o"},
                              {"-m"},
                              {"-t"},
                              {"-r"},
                              {"-l"},
                              {"-h"},
                              {"-u"},
                              {"--passwd"},
                              {"-d"},
                              {"-q", Takes::nothing},  // nothing is asked or told anyway
                              {"-v", Takes::nothing}};
constexpr std::string_view of_target[] = {"-t", "-q", "-v"};
constexpr std::string_view of_repository[] = {"-r", "-l", "-h", "-u", "--passwd", "-d"};

constexpr u64 power_time = 60 * emu::nanoseconds_per_second;

using Level = emu::FirmwareLevel;  // an empty release: the one that is installed

// 40, 01EM320_040 or EM320_040.
Result<Level> level_of(const std::string& text) {
  const bool alone = text.find('_') == text.npos;
  auto level = emu::firmware_level_from(alone ? "EM000_" + text : text);
  if (!level) return say("HSCLF0A4", text);
  if (alone) level->release.clear();
  return *level;
}

Result<Level> wanted_level(const Call& call) {
  constexpr std::string_view repositories[] = {"ibmwebsite", "ftp", "sftp", "dvd", "disk", "mountpoint", "usb"};
  const std::string repository = call.options.value("-r");
  if (std::ranges::count(repositories, repository) == 0) return usage_error("-r");
  const std::string level = call.options.value("-l");
  if (level.empty()) return usage_error("-l");
  if (repository != "disk") return say("HSCLF0A5", repository);
  for (const std::string_view option : {"-h", "-u", "--passwd", "-d"})
    if (call.options.has(option)) return usage_error(option);
  if (level.starts_with("latest")) return say("HSCLF0A6", level);
  return level_of(level);
}

// ---- what each operation makes of the levels ----

Status install(FirmwareLevels& levels, const Level& wanted) {
  if (!wanted.release.empty() && wanted.release != levels.release) return say("HSCLF0A7", wanted.release, levels.release);
  levels.installed = wanted.number;
  return emu::success();
}
Status install_and_activate(FirmwareLevels& levels, const Level& wanted) {
  TRY(install(levels, wanted));
  levels.activated = levels.installed;
  return emu::success();
}
Status upgrade(FirmwareLevels& levels, const Level& wanted) {
  if (wanted.release.empty() || wanted.release == levels.release) return say("HSCLF0A8", levels.release);
  levels.release = wanted.release;
  levels.installed = wanted.number;
  return emu::success();
}
Status accept(FirmwareLevels& levels, const Level&) {
  levels.accepted = levels.activated;
  levels.accepted_release = levels.release;
  return emu::success();
}
Status remove(FirmwareLevels& levels, const Level&) {
  if (levels.installed == levels.accepted && levels.release == levels.accepted_release) return say("HSCLF0A9", levels.accepted);
  levels.installed = levels.accepted;
  levels.release = levels.accepted_release;
  return emu::success();
}
Status nothing_new(FirmwareLevels&, const Level&) { return emu::success(); }

struct Operation {
  std::string_view name;
  Status (*run)(FirmwareLevels&, const Level&);
  bool of_a_level;  // it names one, and where that comes from
  bool disruptive;  // the system starts again
};
constexpr Operation operations[] = {{"a", install_and_activate, true, false},
                                    {"i", install, true, false},
                                    {"u", upgrade, true, true},
                                    {"c", accept, false, false},
                                    {"r", remove, false, true},
                                    {"d", nothing_new, false, true}};

// A disruptive activation ends what runs; of partitions that is left to the operator.
Status start_again(const System& system, FrameLink& link) {
  if (!system.has_power()) return emu::success();
  TRY(ask(link, service::PowerSystem{emu::SystemPower::off}, power_time));
  TRY(ask(link, service::PowerSystem{system.info.power}, power_time));
  return emu::success();
}
Status may_start_again(const System& system) {
  for (const Lpar& lpar : system.lpars)
    if (!lpar.is_vios() && !lpar.off() && !lpar.failed()) return say("HSCLF0AA", system.name(), lpar.name());
  return emu::success();
}

// Whether levels are the consoles' matter, or the operating system's.
Result<int> change_control(FrameLink& link, bool by_os) {
  TRY(change_service_state(link, [&](emu::ServiceState& state) {
    state.updated_by_os = by_os;
    return emu::success();
  }));
  return 0;
}

}  // namespace
constinit const OptionTable updlic_options = options;

Result<int> updlic(Call& call) {
  const std::string name = call.options.value("-o");
  const bool control = name == "h" || name == "o";
  const auto operation = std::ranges::find(operations, name, &Operation::name);
  if (!control && operation == std::end(operations)) return usage_error("-o");
  const bool of_a_level = !control && operation->of_a_level;
  TRY(takes_only(call, options, {of_target, of_a_level ? Names(of_repository) : Names()}));
  const std::string kind = call.options.value("-t");
  if (call.options.has("-t") && kind != "sys" && kind != "syspower" && kind != "all") return usage_error("-t");
  Level wanted;
  if (of_a_level) wanted = TRY(wanted_level(call));
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  FrameLink& link = *call.console.link(system->frame);
  if (control) return change_control(link, name == "o");
  if (operation->disruptive) TRY(may_start_again(*system));
  const auto change = [&](emu::ServiceState& state) -> Status {
    if (state.updated_by_os) return say("HSCLF0AB", system->name());
    TRY(operation->run(state.levels, wanted));
    // Without power there is nothing to be started again: it runs with what is installed from its next start on.
    if (operation->disruptive && !system->has_power()) state.levels.activated = state.levels.started = state.levels.installed;
    return emu::success();
  };
  TRY(change_service_state(link, change));
  if (operation->disruptive) TRY(start_again(*system, link));
  return 0;
}

}  // namespace hmc::cli
