// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/remote_restart.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/core/log.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr emu::Log log("hmc");
constexpr u64 power_time = 60 * emu::nanoseconds_per_second;

// ---- the source ----

Result<System> source_of(Console& console, const MoveRequest& request) {
  Inventory inventory = console.inventory(Detail::lpars, std::array{request.source_system}, Others::by_name);
  const System* found = inventory.find(request.source_system);
  if (!found) return say("HSCL8018", request.source_system);
  return *found;
}

// SIMPLIFIED: only of a system that does not answer; and whether the partition ran or not, it is started.
// Its process may only hang, and others may run there.
Status may_be_fenced(Console& console, const System& source, const MoveRequest& request) {
  if (source.connected) return say("HSCLF182", source.name());
  if (!console.fence()) return say("HSCLF180", source.name());
  const auto running = TRY(console.fence()->may_run(source.frame));
  if (!running || request.force) return emu::success();
  std::vector<std::string> others = *running;
  std::erase(others, request.lpar_name);
  if (!others.empty()) return say("HSCLF181", source.name(), fmt::format("{}", fmt::join(others, ", ")));
  return emu::success();
}

Result<Console::OfRemains> fenced(Console& console, const System& source) {
  auto remains = console.open_remains(source.frame);
  if (!remains && remains.error().code != "HSCLF180") return say("HSCLF186", source.name(), remains.error().text);
  return remains;
}

// ---- the partition ----

// In what is left of the source; by its UUID also on the systems that answer.
struct Place {
  Inventory inventory;
  const System* system = nullptr;
  const Lpar* lpar = nullptr;
};
Result<Place> place_of(Console& console, const MoveRequest& request, const std::string& uuid = "") {
  Place place;
  place.inventory = console.inventory(Detail::lpars, std::array{request.source_system, request.target_system});
  console.add_remains(request.source_system, Detail::lpars, place.inventory);
  place.system = place.inventory.find(request.source_system);
  place.lpar = request.lpar_name.empty() ? place.system->lpar(request.lpar_id) : place.system->lpar(request.lpar_name);
  if (place.lpar) return place;
  for (const System& system : place.inventory.systems) {
    const Lpar* there = uuid.empty() ? nullptr : system.with_uuid(uuid);
    if (!there) continue;
    place.system = &system;
    place.lpar = there;
    return place;
  }
  if (request.lpar_name.empty()) return say("HSCL8011", request.lpar_id);
  for (const System& system : place.inventory.systems)
    if (system.lpar(request.lpar_name)) return say("HSCLF183", request.lpar_name, system.name());
  return say("HSCL8012", request.lpar_name);
}

bool is_source(const Place& place, const MoveRequest& request) {
  return place.system->name() == request.source_system || place.system->mtms() == request.source_system;
}

Status is_capable(const Lpar& lpar) {
  if (lpar.info.definition.simplified_remote_restart_capable) return emu::success();
  return say("HSCLF184", lpar.name());
}

// Where it belongs now; with its last configuration, which is the profile that it was given there.
Status start_it(Console& console, const std::string& uuid, const std::string& system_name) {
  const Inventory inventory = console.inventory(Detail::lpars, std::array{system_name}, Others::by_name);
  const System* system = inventory.find(system_name);
  const Lpar* lpar = system && system->connected ? system->with_uuid(uuid) : nullptr;
  if (!lpar) return say("HSCLF014", system_name);
  if (!lpar->off() && !lpar->failed()) return emu::success();
  FrameLink* link = console.link(system->frame);
  const auto started =
      ask(*link, service::ActivateLpar{lpar->id(), lpar->info.definition.next_profile(), std::nullopt}, power_time);
  if (!started) return say("HSCLF187", lpar->name(), system->name(), started.error().text);
  log.info("{} was restarted on {}", lpar->name(), system->name());
  return emu::success();
}

}  // namespace

Status validate_restart(Console& console, const MoveRequest& wanted, Findings& findings) {
  MoveRequest request = wanted;
  const System source = TRY(source_of(console, request));
  TRY(may_be_fenced(console, source, request));
  if (TRY(console.fence()->may_run(source.frame))) {
    findings.push_back({Severity::warning, say("HSCLF188", source.name())});
    return emu::success();
  }
  const auto remains = TRY(fenced(console, source));
  request.of_remains = true;
  TRY(is_capable(*TRY(place_of(console, request)).lpar));
  const auto proposal = TRY(propose(console, request, Purpose::validation));
  findings = proposal->findings;
  return emu::success();
}

Status restart_elsewhere(Console& console, const MoveRequest& wanted, Findings& findings, std::vector<Error>& remarks) {
  MoveRequest request = wanted;
  const System source = TRY(source_of(console, request));
  TRY(may_be_fenced(console, source, request));
  const auto remains = TRY(fenced(console, source));
  request.of_remains = true;
  Place place = TRY(place_of(console, request));
  const std::string uuid = place.lpar->info.definition.uuid;
  TRY(is_capable(*place.lpar));
  const auto restarts = console.restarts(uuid);
  // A migration that its system's death has interrupted comes first: it decides where the partition belongs.
  if (place.lpar->migrating()) TRY(recover(console, request, remarks));
  place = TRY(place_of(console, request, uuid));
  if (!is_source(place, request)) {
    // It had gone on to another system before its own died. It runs there, or ran there.
    if (!place.lpar->off()) return say("HSCLF183", place.lpar->name(), place.system->name());
    return start_it(console, uuid, place.system->name());
  }
  {
    const auto proposal = TRY(propose(console, request, Purpose::migration));
    findings = proposal->findings;
    if (has_errors(findings)) return emu::success();
    TRY(migrate(console, *proposal, remarks));
  }
  return start_it(console, uuid, request.target_system);
}

Status cancel_restart(Console& console, const MoveRequest& wanted) {
  MoveRequest request = wanted;
  request.of_remains = true;
  return stop_migration(console, request);
}

Status clean_up_restart(Console& console, const MoveRequest& request, std::vector<Error>& remarks) {
  const System source = TRY(source_of(console, request));
  if (!source.connected) return say("HSCLF014", source.name());
  const Place place = TRY(place_of(console, request));
  FrameLink* link = console.link(source.frame);
  const auto verdicts = TRY(ask(*link, service::ListVerdicts{}));
  const auto left = std::ranges::any_of(verdicts.streams, [&](const auto& each) {
    const service::StreamVerdict& verdict = each.second;
    return verdict.lpar_id == place.lpar->id() && verdict.role == service::Role::source && verdict.fate == service::Fate::started;
  });
  if (!left) return say("HSCLF185", source.name(), place.lpar->name());
  return recover(console, request, remarks);
}

Status recover_restart(Console& console, const MoveRequest& wanted, std::vector<Error>& remarks) {
  MoveRequest request = wanted;
  const System source = TRY(source_of(console, request));
  if (source.connected) return recover(console, request, remarks);
  TRY(may_be_fenced(console, source, request));
  const auto remains = TRY(fenced(console, source));
  request.of_remains = true;
  return recover(console, request, remarks);
}

}  // namespace hmc
