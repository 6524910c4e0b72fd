// SPDX-License-Identifier: GPL-2.0-or-later
// Recovery of a migration that nobody drives any more. The frames are asked what the lab's witness says and what their journals
// know; this console's own journal only helps with names. So it works after the death of any process, of this one too, and when
// this console's journal is lost. (docs/architecture.md, One owner; Redbook 6.2)
#include <algorithm>
#include <array>

#include "emu/core/log.h"
#include "hmc/lpm/migrate.h"
#include "hmc/lpm/steps.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

using service::Fate;
using service::Role;
using service::StreamVerdict;
using service::Verdict;

constexpr emu::Log log("hmc");

std::optional<StreamVerdict> verdict_of(Console& console, const std::string& frame, u64 stream) {
  FrameLink* link = console.link(frame);
  if (!link) return std::nullopt;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto verdict = ask(*link, service::QueryVerdict{stream});
    if (verdict) return *verdict;
    // A frame that answers, but has no such stream.
    if (!no_answer(verdict.error())) return StreamVerdict{};
    console.pause().sleep(100 * millisecond);
  }
  return std::nullopt;
}

// What an interrupted migration of the named partition is: from our journal, or from the frames.
struct Found {
  Plan plan;
  MoveState last = MoveState::rolled_back;  // if the frames have forgotten it: as far as our journal had come
};

std::map<u64, StreamVerdict> verdicts(Console& console, const System& system) {
  FrameLink* link = console.link(system.frame);
  if (!link || !system.connected) return {};
  const auto listed = ask(*link, service::ListVerdicts{});
  return listed ? listed->streams : std::map<u64, StreamVerdict>{};
}

std::optional<Found> from_journal(Console& console, const System& system, const std::string& lpar_name, u32 lpar_id, u64 stream) {
  for (const MoveRecord& record : console.journal().moves()) {
    const Result<Plan> plan = emu::from_bytes<Plan>(record.plan);
    if (!plan) {
      log.warn("the journal's entry of stream {:x} cannot be read: {}", record.stream, plan.error().text);
      continue;
    }
    const bool here = plan->source_frame == system.frame || plan->target_frame == system.frame;
    const u32 id = plan->source_frame == system.frame ? plan->source_lpar_id : plan->target_lpar_id;
    const bool named = lpar_name.empty() ? id == lpar_id : plan->lpar_name == lpar_name;
    if (plan->stream == stream || (!stream && here && named)) {
      const bool started = record.direction == Direction::forward && record.row >= first_row_after_start();
      return Found{*plan, started ? MoveState::completed : MoveState::rolled_back};
    }
  }
  return std::nullopt;
}

// Puts together what a plan needs, from the verdict of `system` about one of its partitions.
Found reconstruct(Console& console, const Inventory& inventory, const System& system, u64 stream, const StreamVerdict& verdict) {
  Plan plan;
  plan.stream = stream;
  plan.active = verdict.active;
  plan.wait = 60 * emu::nanoseconds_per_second;
  const System* other = inventory.find(verdict.other_system);
  const bool is_source = verdict.role == Role::source;
  const System* source = is_source ? &system : other;
  const System* target = is_source ? other : &system;
  if (source) {
    plan.source_frame = source->frame;
    plan.source_system = source->name();
    plan.source_mtms = source->mtms();
  } else {
    plan.source_system = plan.source_mtms = verdict.other_system;
  }
  if (target) {
    plan.target_frame = target->frame;
    plan.target_system = target->name();
    plan.target_mtms = target->mtms();
  } else {
    plan.target_system = plan.target_mtms = verdict.other_system;
  }
  (is_source ? plan.source_lpar_id : plan.target_lpar_id) = verdict.lpar_id;
  if (other && other->connected) {
    const auto theirs = verdict_of(console, other->frame, stream);
    if (theirs && theirs->verdict != Verdict::unknown) (is_source ? plan.target_lpar_id : plan.source_lpar_id) = theirs->lpar_id;
  }
  // The destination's definition is the later one: it has the migration profile.
  for (const auto& [where, id] : {std::pair{source, plan.source_lpar_id}, std::pair{target, plan.target_lpar_id}}) {
    const Lpar* lpar = where && where->connected && id ? where->lpar(id) : nullptr;
    if (!lpar) continue;
    plan.lpar_name = lpar->name();
    plan.definition = lpar->info.definition;
    plan.profile_name = lpar->info.definition.curr_profile();
  }
  return {plan};
}

std::optional<Found> find_migration(Console& console, const Inventory& inventory, const System& system,
                                    const std::string& lpar_name, u32 lpar_id) {
  const Lpar* lpar = lpar_name.empty() ? system.lpar(lpar_id) : system.lpar(lpar_name);
  if (lpar && lpar->migrating()) {
    const u64 stream = lpar->info.migration_stream;
    if (auto found = from_journal(console, system, "", 0, stream)) return found;
    const auto listed = verdicts(console, system);
    if (const auto known = listed.find(stream); known != listed.end())
      return reconstruct(console, inventory, system, stream, known->second);
  }
  if (auto found = from_journal(console, system, lpar_name, lpar_id, 0)) return found;
  // Nothing is left of it but on another system: a shell, or a partition that was adopted and not finished.
  for (const System& other : inventory.systems) {
    for (const auto& [stream, verdict] : verdicts(console, other)) {
      const Lpar* there = other.lpar(verdict.lpar_id);
      const bool named = there && (lpar ? there->info.definition.uuid == lpar->info.definition.uuid : there->name() == lpar_name);
      if (&other == &system ? (lpar && verdict.lpar_id == lpar->id()) : (named && verdict.other_system == system.mtms()))
        return reconstruct(console, inventory, other, stream, verdict);
    }
  }
  return std::nullopt;
}

// The destination was told to forget a partition that it owned: it is defined there again, stopped.
Status define_again(Move& move) {
  emu::LparDefinition definition = move.plan.definition;
  definition.lpar_id = move.plan.target_lpar_id;
  // A console that died has left the destination's list of partitions locked.
  (void)move.target(service::LockConfiguration{0, move.console.options().name, false});
  TRY(move.target(service::DefineLpar{definition}));
  move.remarks.push_back(say("HSCLF310", move.plan.lpar_name, move.plan.target_system));
  return emu::success();
}

Status complete(Move& move, const std::optional<StreamVerdict>& source, const std::optional<StreamVerdict>& target,
                const Inventory& inventory) {
  Plan& plan = move.plan;
  move.source_gone = !source;
  move.source_done = source && source->verdict != Verdict::handed_over;
  if (target && target->lpar_id) plan.target_lpar_id = target->lpar_id;
  const bool known = target && (target->verdict == Verdict::mine || target->verdict == Verdict::adopted);
  if (!known) {
    move.target_done = true;
    const System* system = inventory.find(plan.target_mtms);
    if (system && system->connected && !system->with_uuid(plan.definition.uuid)) TRY(define_again(move));
  } else if (plan.active) {
    // A process that was started again has no memory of the partition: whatever was in it is lost. One that has started the partition
    // holds the source's memory, or says so as soon as it misses the source.
    if (target->phase == service::Phase::none || target->phase >= service::Phase::aborted) {
      move.look();
      if (move.target_info.phase != service::Phase::completed) {
        move.state_lost = true;
        move.remarks.push_back(say("HSCLF310", plan.lpar_name, plan.target_system));
      }
    }
  }
  return run_steps(move, first_row_after_start());
}

bool runs_on_source(Move& move) {
  const auto listed = move.source(service::ListLpars{});
  return listed && std::ranges::any_of(listed->lpars, [&](const service::LparInfo& lpar) {
           return lpar.definition.uuid == move.plan.definition.uuid && lpar.state == emu::LparState::running;
         });
}

Status take_back(Move& move, const std::optional<StreamVerdict>& source, const std::optional<StreamVerdict>& target) {
  move.source_gone = !source;
  move.target_gone = !target;
  if (target && target->lpar_id) move.plan.target_lpar_id = target->lpar_id;
  // A shell that is gone takes its number with it: another partition may have it now.
  if (target && target->verdict != Verdict::mine) move.plan.target_lpar_id = 0;
  const Status undone = roll_back(move, first_row_after_start() - 1);
  if (move.outlived) return undone;
  show_stopped(move);
  // A source that was started again has no memory of the partition.
  const bool began_anew = source && source->phase == service::Phase::none;
  if (undone && move.plan.active && began_anew && !runs_on_source(move))
    move.remarks.push_back(say("HSCLF310", move.plan.lpar_name, move.plan.source_system));
  return undone;
}

// The other console of the migration, if this process does not know it yet. One that cannot be met is a system that does not answer.
void meet_again(Console& console, const Plan& plan, const MoveRequest& request) {
  if (plan.remote_ip.empty() || !request.remote_ip.empty()) return;
  if (const auto ours = console.users().find(plan.our_user))
    (void)console.meet(plan.remote_ip, plan.remote_user, *ours, Console::Meet::to_migrate);
}

// Both systems, as far as they answer. Forced: whoever has locked them does not do so any more. (Redbook 5.3)
Result<std::vector<Held>> lock_systems(Console& console, const Plan& plan, bool force) {
  std::vector<Held> held;
  for (const std::string* frame : {&plan.source_frame, &plan.target_frame}) {
    FrameLink* link = console.link(*frame);
    if (!link) continue;
    Result<Held> lock = link->hold();
    if (!lock && lock.error().code == "HSCLF040" && force) {
      TRY(link->break_lock());
      lock = link->hold();
    }
    if (!lock && !no_answer(lock.error())) return lock.error();
    if (lock) held.push_back(std::move(*lock));
  }
  return held;
}

}  // namespace

Course decide(const std::optional<StreamVerdict>& source, const std::optional<StreamVerdict>& target, bool force) {
  const auto forgot = [](const std::optional<StreamVerdict>& side) {
    return side && (side->verdict == Verdict::unknown || side->verdict == Verdict::finished);
  };
  if (forgot(source) && forgot(target)) return Course::nothing;
  if (!source && !target) return Course::wait_for_source;
  // Both read the same witness; a change between their answers is seen by the next request, which it refuses.
  switch (source ? source->fate : target->fate) {
    case Fate::started:
      return target ? Course::complete : Course::wait_for_target;
    case Fate::none:
      return Course::clean_up;
    case Fate::source:
    case Fate::handed_over:
      break;
  }
  // Forced: the source is taken to be lost with everything it had. What it knows is written down there all the same.
  if (!source) return force ? Course::roll_back : Course::wait_for_source;
  return Course::roll_back;
}

namespace {

// Code "started": while it was rolled back, the destination has started the partition.
Status recover_once(Console& console, const MoveRequest& request, std::vector<Error>& remarks) {
  const std::string& system_name = request.source_system;
  const std::string& lpar_name = request.lpar_name;
  const u32 lpar_id = request.lpar_id;
  const bool force = request.force;
  Inventory inventory = console.inventory(Detail::lpars, std::array{system_name});
  if (!request.remote_ip.empty())
    console.add_inventory_of({request.remote_ip, request.remote_user, request.our_user}, Detail::lpars, inventory);
  if (request.of_remains) console.add_remains(system_name, Detail::lpars, inventory);
  const System* system = inventory.find(system_name);
  if (!system) return say("HSCL8018", system_name);
  auto found = find_migration(console, inventory, *system, lpar_name, lpar_id);
  if (!found) {
    if (!system->connected) return say("HSCLF014", system->name());
    if (lpar_name.empty() && !system->lpar(lpar_id)) return say("HSCL8011", lpar_id);
    if (!lpar_name.empty() && !system->lpar(lpar_name)) return say("HSCL8012", lpar_name);
    return say("HSCLF300", lpar_name.empty() ? system->lpar(lpar_id)->name() : lpar_name);
  }
  meet_again(console, found->plan, request);
  Move move(console, found->plan);
  Plan& plan = move.plan;
  move.recovering = true;
  if (console.moves().of_stream(plan.stream)) return say("HSCLF306", plan.lpar_name);
  const auto locks = TRY(lock_systems(console, plan, force));
  const auto claim = TRY(console.claims().take(plan.definition.uuid, plan.lpar_name, Claims::Kind::alone));
  const auto source = verdict_of(console, plan.source_frame, plan.stream);
  const auto target = verdict_of(console, plan.target_frame, plan.stream);
  const Course course = decide(source, target, force);
  log.info("recovery of {}: course {}", plan.lpar_name, static_cast<int>(course));
  switch (course) {
    case Course::wait_for_source:
      return say("HSCLF307", plan.source_system, plan.lpar_name);
    case Course::wait_for_target:
      return say("HSCLF308", plan.lpar_name, plan.target_system);
    case Course::nothing:
      release_locks(move);
      TRY(console.moves().begin(plan, console.clock().monotonic()));
      console.moves().end(plan.stream, found->last, nullptr, console.clock().monotonic());
      return emu::success();
    case Course::clean_up:
      move.outlived = true;
      break;
    case Course::roll_back:
    case Course::complete:
      break;
  }
  TRY(console.moves().begin(plan, console.clock().monotonic()));
  if (course == Course::complete) {
    const Status completed = complete(move, source, target, inventory);
    remarks = std::move(move.remarks);
    if (!completed) {
      console.moves().end(plan.stream, MoveState::failed, &completed.error(), console.clock().monotonic());
      return completed;
    }
    if (!source) remarks.push_back(say("HSCLF309", plan.lpar_name, plan.target_system, plan.source_system));
    return completed;
  }
  const Status undone = take_back(move, source, target);
  if (!undone && undone.error().code == "started") {
    // The destination was faster.
    console.moves().end(plan.stream, MoveState::failed, &undone.error(), console.clock().monotonic());
    return undone;
  }
  remarks = std::move(move.remarks);
  console.moves().end(plan.stream, undone ? MoveState::rolled_back : MoveState::failed, undone ? nullptr : &undone.error(),
                      console.clock().monotonic());
  if (!undone) return say("HSCLF30A", plan.lpar_name, undone.error().text);
  // The other side's part stays written down until it could be done.
  if (!source || !target) {
    (void)move.write_down(first_row_after_start() - 1, Direction::undo);
    remarks.push_back(say("HSCLF309", plan.lpar_name, source ? plan.source_system : plan.target_system,
                          source ? plan.target_system : plan.source_system));
  }
  return undone;
}

}  // namespace

Status recover(Console& console, const MoveRequest& request, std::vector<Error>& remarks) {
  const Status recovered = recover_once(console, request, remarks);
  if (recovered || recovered.error().code != "started") return recovered;
  return recover_once(console, request, remarks);  // now it can only be completed
}

}  // namespace hmc
