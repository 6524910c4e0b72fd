// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/migrate.h"

#include <fmt/format.h>
#include <array>

#include "hmc/lpm/steps.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr u64 poll_interval = 20 * millisecond;

// The check event: drmgr asks the operating system, its kernel extensions and its programs. (Redbook 2.5.3)
std::optional<Error> ask_operating_system(Console& console, const Lpar& lpar, u64 stream, const MoveRequest& request) {
  const std::string what = fmt::format("check {:x} {}", stream, wait_and_detail(request.wait, request.detail));
  const auto answer = console.rmc().call(lpar.info.definition.ip_address, what, request.wait + until_it_has_said_so);
  if (answer) return std::nullopt;
  if (answer.error().code == "rmc-refused") return say("HSCLF30D", lpar.name(), answer.error().text);
  if (answer.error().code == "rmc-silent") return say("HSCLA246", lpar.name());
  return say("HSCLA29A", "check", lpar.name(), answer.error().text);
}

// Chooses movers and servers, with what this console's moves hold already. True if there is room for it at its movers.
bool choose(Console& console, Proposal& proposal, Purpose purpose) {
  bool room = false;
  Moves::Seats seats = console.moves().take_seats(proposal.stream, [&](const Moves::Load& load) {
    for (System& system : proposal.inventory.systems)
      for (Lpar& lpar : system.lpars)
        if (lpar.vios) lpar.vios->active_migrations = std::max(lpar.vios->active_migrations, load(system.name(), lpar.id()));
    proposal.mapping = map_adapters(*proposal.source, *proposal.target, *proposal.lpar, proposal.current.adapters,
                                    proposal.request, reaches_from(console, *proposal.source));
    const MspPair& pair = proposal.mapping.msp;
    room = !pair.source || has_room(pair);
    std::optional<Moves::Movers> taken;
    if (purpose == Purpose::migration && proposal.active && has_room(pair))
      taken = {proposal.source->name(), pair.source->id(), proposal.target->name(), pair.target->id()};
    return taken;
  });
  proposal.seats = std::move(seats);
  return room;
}

// What the request names, in the inventory as it is now.
Status look_up(Console& console, Detail detail, Proposal& proposal) {
  const MoveRequest& request = proposal.request;
  proposal.inventory = console.inventory(detail, std::array{request.source_system, request.target_system});
  if (!request.remote_ip.empty())
    console.add_inventory_of({request.remote_ip, request.remote_user, request.our_user}, detail, proposal.inventory);
  if (request.of_remains) console.add_remains(request.source_system, detail, proposal.inventory);
  proposal.source = proposal.inventory.find(request.source_system);
  if (!proposal.source) return say("HSCL8018", request.source_system);
  proposal.target = proposal.inventory.find(request.target_system);
  if (!proposal.target) return say("HSCL8018", request.target_system);
  if (!proposal.source->connected) return say("HSCLF014", proposal.source->name());
  for (const System* system : {proposal.source, proposal.target})
    if (system->connected && !system->has_power()) return say("HSCLA228", system->name());
  if (request.lpar_name.empty()) {
    proposal.lpar = proposal.source->lpar(request.lpar_id);
    if (!proposal.lpar) return say("HSCL8011", request.lpar_id);
  } else {
    proposal.lpar = proposal.source->lpar(request.lpar_name);
    if (!proposal.lpar) return say("HSCL8012", request.lpar_name);
  }
  return emu::success();
}

}  // namespace

Reaches reaches_from(Console& console, const System& source) {
  return [&console, frame = source.frame](const Lpar& from, const MspPair::Route& route) {
    FrameLink* link = console.link(frame);
    if (!link) return false;
    const auto probed = ask(*link, service::ProbePath{from.id(), route.target, route.source});
    return probed && probed->reached;
  };
}

std::optional<service::StreamInfo> goes_on_elsewhere(Console& console, const System& system, const Lpar& lpar) {
  const std::string& holder = system.info.lock_holder;
  FrameLink* link = console.link(system.frame);
  if (!lpar.migrating() || holder.empty() || holder == console.options().name || !link) return std::nullopt;
  const auto stream = ask(*link, service::QueryStream{lpar.info.migration_stream});
  if (!stream || broken(*stream)) return std::nullopt;
  return *stream;
}

Result<std::unique_ptr<Proposal>> propose(Console& console, const MoveRequest& request, Purpose purpose) {
  auto proposal = std::make_unique<Proposal>();
  proposal->request = request;
  // Once to know whom it is about, and again when nobody else works on it any more.
  TRY(look_up(console, Detail::lpars, *proposal));
  if (purpose == Purpose::migration)
    for (const System* system : {proposal->source, proposal->target})
      if (system->connected) proposal->held.push_back(TRY(console.link(system->frame)->hold()));
  const emu::LparDefinition wanted = proposal->lpar->info.definition;
  proposal->claim = TRY(console.claims().take(wanted.uuid, wanted.name, Claims::Kind::alone));
  TRY(look_up(console, Detail::vios, *proposal));
  // It is ours, and so none of this console's migrations. What its findings would say comes of what the failed one has left.
  if (proposal->lpar->migrating() && !goes_on_elsewhere(console, *proposal->source, *proposal->lpar))
    return say("HSCLF219", wanted.name);
  proposal->stream = console.new_stream();
  const u64 began = console.clock().monotonic();
  while (true) {
    if (proposal->lpar->info.definition.uuid != wanted.uuid) return say("HSCL3205", wanted.name);
    proposal->active = !proposal->lpar->off();
    proposal->current = current_configuration(*proposal->lpar);
    if (choose(console, *proposal, purpose) || purpose == Purpose::validation || !proposal->active || !request.wait_for_mover)
      break;
    if (console.clock().monotonic() - began >= request.wait) break;
    console.pause().sleep(10 * poll_interval);
    TRY(look_up(console, Detail::vios, *proposal));
  }
  auto* lpar = const_cast<Lpar*>(proposal->lpar);  // our own inventory
  if (proposal->active && !lpar->is_vios()) lpar->rmc = console.greet(*lpar);

  Candidate candidate{*proposal->source,
                      *proposal->target,
                      *lpar,
                      proposal->active,
                      proposal->current,
                      proposal->request,
                      proposal->mapping,
                      {},
                      0,
                      0,
                      console.release()};
  candidate.own_active =
      std::max(console.moves().count(proposal->source->name(), true), console.moves().count(proposal->target->name(), true));
  candidate.own_inactive =
      std::max(console.moves().count(proposal->source->name(), false), console.moves().count(proposal->target->name(), false));
  // Last: what costs the partition something. It is not asked while a migration of it goes on.
  if (proposal->active && lpar->rmc == RmcState::active && !lpar->is_vios() && !lpar->migrating())
    candidate.os_answer = ask_operating_system(console, *lpar, proposal->stream, request);
  proposal->findings = validate(candidate);
  return proposal;
}

Plan plan_of(const Proposal& proposal) {
  const MoveRequest& request = proposal.request;
  const Lpar& lpar = *proposal.lpar;
  Plan plan;
  plan.stream = proposal.stream;
  plan.active = proposal.active;
  plan.lpar_name = lpar.name();
  plan.source_frame = proposal.source->frame;
  plan.source_system = proposal.source->name();
  plan.source_mtms = proposal.source->mtms();
  plan.target_frame = proposal.target->frame;
  plan.target_system = proposal.target->name();
  plan.target_mtms = proposal.target->mtms();
  plan.source_lpar_id = lpar.id();
  plan.target_lpar_id = request.dest_lpar_id;
  if (plan.active && proposal.mapping.msp.source) {
    plan.source_msp = proposal.mapping.msp.source->name();
    plan.source_msp_id = proposal.mapping.msp.source->id();
    plan.target_msp = proposal.mapping.msp.target->name();
    plan.target_msp_id = proposal.mapping.msp.target->id();
    if (!proposal.mapping.msp.routes.empty()) {
      plan.source_msp_ip = proposal.mapping.msp.routes.front().source;
      plan.target_msp_ip = proposal.mapping.msp.routes.front().target;
    }
  }
  for (const ScsiChoice& choice : proposal.mapping.scsi) {
    if (!choice.chosen) continue;
    PlannedScsi& scsi = plan.scsi.emplace_back();
    scsi.client_slot = choice.client_slot;
    scsi.source_vios_id = choice.source_vios_id;
    scsi.target_vios_id = choice.chosen->id();
    scsi.target_vios_name = choice.chosen->name();
    for (const service::ViosTarget& target : choice.targets) {
      if (const auto* volume = volume_of(*proposal.source, choice, target))
        scsi.volumes.push_back({{target.vtd, target.lun, *volume}, ""});
      else
        scsi.targets.push_back(target);
    }
  }
  plan.profile_name = request.profile_name.empty() ? lpar.info.definition.curr_profile() : request.profile_name;
  plan.definition = migrated_definition(lpar.info.definition, proposal.current, plan.profile_name, plan.scsi);
  // Pools have numbers of their own on each system: none of the source's stays.
  const u32 pool = chosen_pool(request, *proposal.target).value_or(emu::usual_pool(emu::default_pool)).id;
  for (emu::Profile& profile : plan.definition.profiles)
    profile.shared_proc_pool = profile.proc_mode == emu::ProcMode::shared ? pool : emu::default_pool;
  emu::Current& current = *plan.definition.current;
  // What runs keeps the processors that it has, whatever the destination's own are; its profiles do not change.
  if (proposal.active && current.lpar_proc_compat_mode == emu::CompatMode::of_system &&
      proposal.source->info.default_mode != proposal.target->info.default_mode)
    current.lpar_proc_compat_mode = proposal.source->info.default_mode;
  current.shared_proc_pool = current.pending.shared_proc_pool =
      current.proc_mode == emu::ProcMode::shared ? pool : emu::default_pool;
  plan.wait = request.wait;
  plan.detail = request.detail;
  plan.remote_ip = request.remote_ip;
  plan.remote_user = request.remote_user;
  plan.our_user = request.our_user;
  return plan;
}

Status migrate(Console& console, const Proposal& proposal, std::vector<Error>& remarks) {
  Move move(console, plan_of(proposal));
  move.holds = holds_of(*proposal.source, proposal.mapping, proposal.active);
  move.limits = proposal.request.phase_limits;
  TRY(console.moves().begin(move.plan, console.clock().monotonic()));
  const Status result = run_steps(move, 0);
  remarks = std::move(move.remarks);
  return result;
}

Status stop_migration(Console& console, const MoveRequest& request) {
  const std::string& system_name = request.source_system;
  const std::string& lpar_name = request.lpar_name;
  const u32 lpar_id = request.lpar_id;
  Inventory inventory = console.inventory(Detail::lpars, std::array{system_name});
  if (request.of_remains) console.add_remains(system_name, Detail::lpars, inventory);
  const System* system = inventory.find(system_name);
  if (!system) return say("HSCL8018", system_name);
  if (!system->connected) return say("HSCLF014", system->name());
  const Lpar* lpar = lpar_name.empty() ? system->lpar(lpar_id) : system->lpar(lpar_name);
  if (!lpar && lpar_name.empty()) return say("HSCL8011", lpar_id);
  if (!lpar) return say("HSCL8012", lpar_name);
  const auto going = console.moves().of(system->name(), lpar->id());
  if (!going) {
    const std::string& holder = system->info.lock_holder;
    if (lpar->migrating() && !holder.empty() && holder != console.options().name)
      return say("HSCLF301", lpar->name(), "It goes on under the console " + holder + ", which can stop it.");
    if (lpar->migrating()) return say("HSCLF301", lpar->name(), "It does not go on under this console; use migrlpar -o r.");
    return say("HSCLF300", lpar->name());
  }
  if (going->state != MoveState::starting)
    return say("HSCLF301", lpar->name(), "The partition is suspended already, or runs on the destination.");
  console.moves().request_stop(going->stream);
  while (console.moves().of_stream(going->stream)) {
    if (const auto refusal = console.moves().stop_refused(going->stream)) return say("HSCLF301", lpar->name(), refusal->text);
    console.pause().sleep(poll_interval);
  }
  for (const MoveStatus& ended : console.moves().all()) {
    if (ended.stream != going->stream) continue;
    if (ended.state == MoveState::rolled_back) return emu::success();
    if (ended.state == MoveState::completed) return say("HSCLF301", lpar->name(), "It has ended, on the destination.");
    return Error{ended.error_code, ended.error_text};
  }
  return emu::success();
}

}  // namespace hmc
