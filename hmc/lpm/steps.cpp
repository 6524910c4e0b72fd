// SPDX-License-Identifier: GPL-2.0-or-later
// One file: the proof of one owner compares the table's functions at compile time, which a compiler can with functions of the same file.
#include "hmc/lpm/steps.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/core/log.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

using service::Fate;
using service::Phase;
using service::Role;
using service::Verdict;

constexpr emu::Log log("hmc");
constexpr u64 second = emu::nanoseconds_per_second;
constexpr u64 shell_time = 120 * second;       // takes milliseconds, but a busy host may have other things to do
constexpr u64 transfer_limit = 3600 * second;  // the mover ends the passes much earlier by itself
constexpr u64 short_limit = 60 * second;       // for what takes less than a second if all is well
constexpr u64 post_time = 30 * second;

// ---- helpers ----

bool forgotten(const Result<service::StreamVerdict>& verdict) {
  return verdict && (verdict->verdict == Verdict::unknown || verdict->verdict == Verdict::finished);
}

std::string hex(u64 stream) { return fmt::format("{:x}", stream); }

std::string lock_holder(const Move& move) { return "migration " + hex(move.plan.stream); }

template <class Reply>
Status done(const Result<Reply>& result) {
  if (!result) return result.error();
  return emu::success();
}

// A refusal by a frame that answers does no harm here: what was to be taken away is not there.
template <class Reply>
Status done_or_refused(const Result<Reply>& result) {
  if (!result && no_answer(result.error())) return result.error();
  return emu::success();
}

// A frame's list of partitions is held as long as any move of this console needs it.
Status hold_list(Move& move, const std::string& frame) {
  if (move.held.contains(frame)) return emu::success();
  if (move.console.moves().first_to_lock(frame)) {
    const service::LockConfiguration request{0, move.console.options().name, true};
    const auto result = frame == move.plan.source_frame ? move.source(request) : move.target(request);
    if (!result) {
      move.console.moves().last_to_unlock(frame);
      return result.error();
    }
  }
  move.held.insert(frame);
  return emu::success();
}

void release_list(Move& move, const std::string& frame) {
  // A recovery may find a lock that an earlier process of this console has left.
  const bool held = move.held.erase(frame) > 0;
  if (held ? !move.console.moves().last_to_unlock(frame) : !move.recovering || move.console.moves().holds(frame)) return;
  const service::LockConfiguration request{0, move.console.options().name, false};
  for (int attempt = 0; attempt < 2; ++attempt)
    if (frame == move.plan.source_frame ? move.source(request) : move.target(request)) return;
}

// The Virtual I/O Servers of a frame, and which of their server adapters serve one client. Servers that do not run cannot tell.
struct Hosting {
  u32 vios_id = 0;
  u32 server_slot = 0;
  u32 client_slot = 0;
};
std::vector<Hosting> hosting(Move& move, const std::string& frame, u32 client_id) {
  std::vector<Hosting> found;
  FrameLink* link = move.console.link(frame);
  if (!link || !client_id) return found;
  const auto lpars = ask(*link, service::ListLpars{});
  if (!lpars) return found;
  for (const auto& lpar : lpars->lpars) {
    if (lpar.definition.env != emu::LparEnv::vioserver || lpar.state != emu::LparState::running) continue;
    const auto vios = ask(*link, service::DescribeVios{lpar.definition.lpar_id});
    if (!vios) continue;
    for (const auto& host : vios->hosts)
      if (host.client_id == client_id) found.push_back({lpar.definition.lpar_id, host.slot, host.client_slot});
  }
  return found;
}

// What a Virtual I/O Server that does not run will map when it does, nobody can tell.
bool is_silent(Move& move, const std::string& frame, u32 vios_id) {
  FrameLink* link = move.console.link(frame);
  const auto lpars = link ? ask(*link, service::ListLpars{}) : Result<service::Lpars>(Error{});
  return lpars && std::ranges::any_of(lpars->lpars, [&](const auto& lpar) {
           return lpar.definition.lpar_id == vios_id && lpar.definition.env == emu::LparEnv::vioserver &&
                  lpar.state != emu::LparState::running;
         });
}

// ---- 2: lock ----

// The mark comes before the lock of the partition, and goes after it: whoever finds the lock, finds why.
Status lock(Move& move) {
  const Plan& plan = move.plan;
  TRY(hold_list(move, plan.source_frame));
  TRY(hold_list(move, plan.target_frame));
  TRY(move.source(service::MarkMigrating{plan.stream, plan.source_lpar_id, plan.active, true, plan.target_mtms}));
  TRY(move.source(service::LockConfiguration{plan.source_lpar_id, lock_holder(move), true}));
  TRY(move.source(service::HoldForMove{plan.stream, move.holds.source}));
  TRY(move.target(service::HoldForMove{plan.stream, move.holds.target}));
  if (!plan.active) move.show("C2001020", "");
  return emu::success();
}

// A frame lets go by itself when it forgets the stream: what is not heard here does no harm.
void release_holds(Move& move) {
  (void)move.source(service::HoldForMove{move.plan.stream, {}});
  (void)move.target(service::HoldForMove{move.plan.stream, {}});
}

Status unlock(Move& move) {
  const Plan& plan = move.plan;
  release_holds(move);
  (void)move.source(service::LockConfiguration{plan.source_lpar_id, lock_holder(move), false});
  release_list(move, plan.target_frame);
  release_list(move, plan.source_frame);
  Status result = done_or_refused(
      move.source(service::MarkMigrating{plan.stream, plan.source_lpar_id, plan.active, false, plan.target_mtms}));
  // A frame that was restarted knows the migration from its journal only: it is told in so many words.
  if (!move.source_gone && !forgotten(move.source(service::QueryVerdict{plan.stream})))
    if (Status rolled = done(move.source(service::RollBackSource{plan.stream})); !rolled) result = rolled;
  return result;
}

// ---- 3: shell ----

Status create_shell(Move& move) {
  Plan& plan = move.plan;
  service::CreateShell request;
  request.stream = plan.stream;
  request.definition = plan.definition;
  if (plan.target_lpar_id) request.definition.lpar_id = plan.target_lpar_id;
  request.active = plan.active;
  request.other_system = plan.source_mtms;
  plan.target_lpar_id = TRY(move.target(request, shell_time)).lpar_id;
  // A partition that is off has no other state. It cannot be activated, and so cannot write it, while it is marked.
  if (!plan.active) {
    const service::Nvram nvram = TRY(move.source(service::ReadNvram{plan.source_lpar_id}));
    TRY(move.target(service::WriteNvram{plan.target_lpar_id, nvram.content, nvram.clock_ahead}));
  }
  move.console.moves().update(plan.stream, [&](MoveStatus& status) { status.target_lpar_id = plan.target_lpar_id; });
  move.show("", plan.active ? "C2001040" : "C2001030");
  return emu::success();
}

Status remove_shell(Move& move) {
  const auto removed = move.target(service::RemoveShell{move.plan.stream});
  if (removed || no_answer(removed.error())) return done(removed);
  if (forgotten(move.target(service::QueryVerdict{move.plan.stream}))) return emu::success();
  return removed.error();
}

// ---- 4: movers ----

// A mover, or its VASI, that cannot handle the migration. (Redbook 2.5.7)
Status opened(const Result<service::Empty>& answer, const std::string& system) {
  if (answer || no_answer(answer.error()) || answer.error().code.starts_with("HSCL")) return done(answer);
  return say("HSCLF30E", system, answer.error().text);
}

Status open_movers(Move& move) {
  const Plan& plan = move.plan;
  const std::string link = "move-" + hex(plan.stream);
  // The destination's mover listens, the source's calls.
  const service::OpenStream target{plan.stream, plan.target_lpar_id, Role::target,       plan.target_msp_id,
                                   link,        plan.source_mtms,    plan.source_msp_ip, plan.target_msp_ip};
  const service::OpenStream source{plan.stream, plan.source_lpar_id, Role::source,       plan.source_msp_id,
                                   link,        plan.target_mtms,    plan.target_msp_ip, plan.source_msp_ip};
  TRY(opened(move.target(target), plan.target_system));
  return opened(move.source(source), plan.source_system);
}

Status close_movers(Move& move) {
  const Status source = done_or_refused(move.source(service::CloseStream{move.plan.stream}));
  const Status target = done_or_refused(move.target(service::CloseStream{move.plan.stream}));
  return source ? target : source;
}

// ---- 5: prepare event ----

Error os_error(const Move& move, const std::string& command, const Error& error) {
  if (error.code == "rmc-silent") return say("HSCLA246", move.plan.lpar_name);
  return say("HSCLA29A", command, move.plan.lpar_name, error.text);
}

Status prepare(Move& move) {
  // The code is shown on the source while the partition is in drmgr, waiting to suspend. (Redbook, table B-1)
  move.show("2004", "");
  const std::string request = "prepare " + hex(move.plan.stream) + " " + wait_and_detail(move.plan.wait, move.plan.detail);
  const u64 patience = std::min(move.plan.wait + until_it_has_said_so, move.time_left());
  const auto answer = move.console.rmc().call(move.plan.ip_address(), request, patience);
  if (answer) return emu::success();
  if (answer.error().code == "rmc-refused") return say("HSCLF30C", move.plan.lpar_name, answer.error().text);
  return os_error(move, "prepare", answer.error());
}

// There is nobody to tell anything in a partition that is off.
bool is_off(Move& move, bool on_target) {
  const auto listed = on_target ? move.target(service::ListLpars{}) : move.source(service::ListLpars{});
  if (!listed) return false;
  const auto found =
      std::ranges::find_if(listed->lpars, [&](const auto& lpar) { return lpar.definition.uuid == move.plan.definition.uuid; });
  return found != listed->lpars.end() && found->state == emu::LparState::not_activated;
}

Status undo_prepare(Move& move) {
  if (move.outlived || is_off(move, false)) return emu::success();
  // The guest also sees that the stream has ended; one that does not hear this is not worse off, but the operator is told.
  const auto answer = move.console.rmc().call(move.plan.ip_address(), "undo " + hex(move.plan.stream), 10 * second);
  if (!answer) move.remarks.push_back(say("HSCLF313", move.plan.lpar_name, answer.error().text));
  return emu::success();
}

// ---- 6: virtual SCSI ----

// Where one lies, and where its copy.
struct Copied {
  const PlannedScsi& scsi;
  const PlannedVolume& volume;
  service::ReadVolume on_source(u64 at, u64 length, bool only_sum) const {
    return {scsi.source_vios_id, volume.wish.volume.name, at, length, only_sum};
  }
  service::ReadVolume on_target(u64 at, u64 length) const { return {scsi.target_vios_id, volume.copy, at, length, true}; }
};
std::vector<Copied> copied_by(const Plan& plan) {
  std::vector<Copied> all;
  for (const PlannedScsi& scsi : plan.scsi)
    for (const PlannedVolume& volume : scsi.volumes) all.push_back({scsi, volume});
  return all;
}

// Volumes of the servers, which only they see. The partition is off, and is not started before they are compared.
Status copy_volumes(Move& move) {
  constexpr u64 window = 64 * MiB;
  const std::vector<Copied> all = copied_by(move.plan);
  u64 bytes = 0, done = 0;
  for (const Copied& each : all) bytes += each.volume.wish.volume.size_mb * MiB;
  for (const Copied& each : all) {
    for (u64 at = 0;;) {
      service::VolumePiece piece = TRY(move.source(each.on_source(at, window, false), short_limit));
      if (!piece.content.empty())
        TRY(move.target(service::WriteVolume{each.scsi.target_vios_id, each.volume.copy, piece.at, std::move(piece.content)},
                        short_limit));
      done += piece.next - at;
      at = piece.next;
      move.console.moves().update(move.plan.stream, [&](MoveStatus& status) {
        status.percent = static_cast<u32>(std::min<u64>(done * 99 / std::max<u64>(bytes, 1), 99));
      });
      TRY(move.stop_if_asked());
      if (at >= piece.size) break;
    }
  }
  return emu::success();
}

// While the witness lets neither side start the partition.
Status compare_volumes(Move& move) {
  constexpr u64 window = 256 * MiB;
  for (const Copied& each : copied_by(move.plan)) {
    for (u64 at = 0;;) {
      const service::VolumePiece ours = TRY(move.source(each.on_source(at, window, true), short_limit));
      const service::VolumePiece theirs = TRY(move.target(each.on_target(at, window), short_limit));
      const bool same =
          ours.sum == theirs.sum && theirs.size >= ours.size && (ours.next == theirs.next || ours.next == ours.size);
      if (!same) return say("HSCLF332", each.volume.wish.volume.name, move.plan.target_system);
      at = ours.next;
      if (at >= ours.size) break;
    }
  }
  return emu::success();
}

Status map_scsi(Move& move) {
  Plan& plan = move.plan;
  for (PlannedScsi& scsi : plan.scsi) {
    service::AddViosMapping request;
    request.lpar_id = scsi.target_vios_id;
    request.client_id = plan.target_lpar_id;
    request.client_name = plan.lpar_name;
    request.client_slot = scsi.client_slot;
    request.targets = scsi.targets;
    request.stream = plan.stream;
    for (const PlannedVolume& volume : scsi.volumes) request.volumes.push_back(volume.wish);
    const service::ViosSlot made = TRY(move.target(request));
    scsi.target_slot = made.slot;
    if (made.volumes.size() != scsi.volumes.size()) return say("HSCLF30E", plan.target_system, "It has made other volumes.");
    for (size_t i = 0; i < made.volumes.size(); ++i) scsi.volumes[i].copy = made.volumes[i];
  }
  return copy_volumes(move);
}

Status unmap(Move& move, bool on_target) {
  const Plan& plan = move.plan;
  const u32 client_id = on_target ? plan.target_lpar_id : plan.source_lpar_id;
  if (!client_id || (on_target ? move.target_gone : move.source_gone)) return emu::success();
  const std::string& frame = on_target ? plan.target_frame : plan.source_frame;
  std::vector<Hosting> all = hosting(move, frame, client_id);
  for (const PlannedScsi& scsi : plan.scsi) {
    const u32 vios = on_target ? scsi.target_vios_id : scsi.source_vios_id;
    if (std::ranges::none_of(all, [&](const Hosting& h) { return h.vios_id == vios && h.client_slot == scsi.client_slot; }))
      all.push_back({vios, 0, scsi.client_slot});
  }
  Error refusal;
  bool silent = false;
  for (const Hosting& host : all) {
    const service::RemoveViosMapping request{host.vios_id, client_id, host.client_slot, !plan.active};
    const auto removed = on_target ? move.target(request) : move.source(request);
    if (!removed && no_answer(removed.error())) return removed.error();
    if (removed) continue;
    refusal = removed.error();
    silent = silent || is_silent(move, frame, host.vios_id);
  }
  // A refusal does harm only if there is something left.
  if (!refusal.text.empty() && (silent || !hosting(move, frame, client_id).empty())) return refusal;
  return emu::success();
}

Status unmap_target(Move& move) { return unmap(move, true); }

// ---- 7 - 10: the transfer ----

Status begin_passes(Move& move) {
  const auto begun = move.source(service::BeginPasses{move.plan.stream});
  // A stream that has ended before says why.
  if (!begun) move.look();
  if (!begun && !broken(move.source_info)) return begun.error();
  return move.await([](const auto& source, const auto&) { return reached(source, Phase::suspending); }, move.time_left(), true);
}

Status await_suspended(Move& move) {
  return move.await([](const auto& source, const auto&) { return reached(source, Phase::suspended); }, move.time_left(), true);
}

Status await_verified(Move& move) {
  return move.await([](const auto& source, const auto&) { return reached(source, Phase::verifying); }, move.time_left(), true);
}

Status hand_over(Move& move) {
  if (move.plan.active)
    return move.await([](const auto& source,
                         const auto& target) { return reached(source, Phase::handed_over) || reached(target, Phase::resumed); },
                      move.time_left(), true);
  move.console.moves().update(move.plan.stream, [](MoveStatus& status) { status.state = MoveState::in_progress; });
  TRY(move.source(service::HandOverInactive{move.plan.stream, move.plan.source_lpar_id, move.plan.target_mtms}));
  return compare_volumes(move);
}

// The source keeps the partition, or takes it back, and the witness says so: from now on it cannot be started elsewhere. Also the
// answer for a source that was restarted, or that has aborted by itself.
Status keep_on_source(Move& move) {
  const u64 stream = move.plan.stream;
  const Error started{"started", "The destination has started the partition."};
  const auto verdict = move.source_gone ? Result<service::StreamVerdict>(Error{}) : move.source(service::QueryVerdict{stream});
  if (!verdict) {
    // The destination reads the same witness.
    const auto theirs = move.target(service::QueryVerdict{stream});
    if (theirs && theirs->fate == Fate::started) return started;
    return move.source_gone ? emu::success() : Status(verdict.error());
  }
  if (verdict->fate == Fate::started) return started;
  if (verdict->verdict == Verdict::unknown) return emu::success();
  if (move.plan.active) (void)move.source(service::StopStream{stream});
  const auto kept = move.source(service::RollBackSource{stream}, short_limit);
  if (kept || no_answer(kept.error())) return done(kept);
  const auto now = TRY(move.source(service::QueryVerdict{stream}));
  if (now.fate == Fate::started) return started;
  if (now.verdict == Verdict::unknown) return emu::success();
  return kept.error();
}

// ---- 11, 12 ----

// The witness has told a recovery who owns the partition; whether it runs is seen here.
Status lost(Move& move) {
  if (!move.state_lost) move.remarks.push_back(say("HSCLF310", move.plan.lpar_name, move.plan.target_system));
  move.state_lost = true;
  return emu::success();
}

Status start(Move& move) {
  if (!move.plan.active) return done(move.target(service::AdoptInactive{move.plan.stream}));
  return move.await([](const auto&, const auto& target) { return reached(target, Phase::resumed); }, short_limit);
}

Status await_completed(Move& move) {
  if (move.state_lost || move.target_done) return emu::success();
  // The source's end too: until it has heard that the last page arrived, it may not forget the partition.
  const auto both = [&](const auto& source, const auto& target) {
    return reached(target, Phase::completed) &&
           (move.source_gone || source.phase == Phase::none || reached(source, Phase::completed));
  };
  const Status completed = move.await(both, transfer_limit);
  // Nobody's silence loses the memory: the next recovery asks again.
  const bool over = broken(move.source_info) || broken(move.target_info);
  if (!completed) return move.recovering && over ? lost(move) : completed;
  return close_movers(move);
}

// ---- 13 ----

Status post(Move& move) {
  if (move.state_lost || move.target_done || is_off(move, true)) return emu::success();
  const auto answer =
      move.console.rmc().call(move.plan.ip_address(), "post " + hex(move.plan.stream), std::min(move.plan.wait, post_time));
  // It runs, whether it was told or not; its next check, or its own drmgr, catches up.
  if (!answer) move.remarks.push_back(say("HSCLF30F", move.plan.lpar_name, move.plan.target_system, answer.error().text));
  return emu::success();
}

Status unmap_source(Move& move) {
  if (move.source_done) return emu::success();
  return unmap(move, false);
}

Status write_profile(Move& move) {
  Plan& plan = move.plan;
  if (move.target_done || move.target_gone || !plan.target_lpar_id) return emu::success();
  const emu::Profile* migration = plan.definition.profile(plan.profile_name);
  if (!migration) return emu::success();  // recovery without a journal: the destination has the definition from the start
  const std::vector<Hosting> hosts = hosting(move, plan.target_frame, plan.target_lpar_id);
  emu::Profile profile = *migration;
  for (auto& adapter : profile.adapters) {
    if (adapter.kind != emu::AdapterKind::scsi_client) continue;
    for (const Hosting& host : hosts)
      if (host.client_slot == adapter.slot && host.vios_id == adapter.remote_lpar_id) adapter.remote_slot = host.server_slot;
  }
  const auto written = move.target(service::WriteProfile{plan.target_lpar_id, profile});
  if (!written && no_answer(written.error())) return written.error();
  if (!written) log.warn("the migration profile of {} was not written: {}", plan.lpar_name, written.error().text);
  return emu::success();
}

Status finish_source(Move& move) {
  if (move.source_done) return emu::success();
  const u64 began = move.console.clock().monotonic();
  while (true) {
    const auto finished = move.source(service::FinishSource{move.plan.stream}, short_limit);
    if (finished || no_answer(finished.error())) return done(finished);
    if (forgotten(move.source(service::QueryVerdict{move.plan.stream}))) return emu::success();
    // A source that still offers pages to a destination that has died learns of it from its mover, and that takes a while.
    if (move.console.clock().monotonic() - began >= post_time) return finished.error();
    move.console.pause().sleep(200 * millisecond);
  }
}

Status finish_target(Move& move) {
  if (move.target_done) return emu::success();
  move.show("", "C20010FF");
  const auto finished = move.target(service::FinishTarget{move.plan.stream, move.state_lost && move.plan.active}, short_limit);
  if (finished || no_answer(finished.error())) return done(finished);
  if (forgotten(move.target(service::QueryVerdict{move.plan.stream}))) return emu::success();
  return finished.error();
}

Status unlock_systems(Move& move) {
  release_holds(move);
  release_list(move, move.plan.target_frame);
  release_list(move, move.plan.source_frame);
  FrameLink* target = move.console.link(move.plan.target_frame);
  if (target && move.plan.target_lpar_id) (void)ask(*target, service::ShowRefCode{move.plan.target_lpar_id, "", true});
  return emu::success();
}

constexpr Step table[] = {
    {2, "lock the configuration", Applies::both, "B2001133", lock, unlock},
    {3, "create the partition shell on the destination", Applies::both, "B2008160", create_shell, remove_shell, Undo::forgets},
    {4, "open the movers", Applies::active, "B2001132", open_movers, close_movers},
    {5, "prepare the operating system", Applies::active, "B2001130", prepare, undo_prepare},
    {6, "map the virtual SCSI adapters", Applies::both, "", map_scsi, unmap_target},
    {7, "transfer the memory", Applies::active, "B2001140", begin_passes, keep_on_source, Undo::decides},
    {8, "suspend the partition", Applies::active, "B2001144", await_suspended, nullptr},
    {9, "transfer the state", Applies::active, "B2001141", await_verified, nullptr},
    {10, "hand over the partition", Applies::both, "B2001142", hand_over, keep_on_source, Undo::decides},
    {11, "resume the partition on the destination", Applies::both, "B2001145", start, keep_on_source, Undo::decides},
    {12, "complete the transfer", Applies::active, "B2001143", await_completed, nullptr},
    {13, "tell the operating system that it has moved", Applies::active, "", post, nullptr},
    {13, "remove the virtual SCSI adapters of the source", Applies::both, "", unmap_source, nullptr},
    {13, "write the migration profile", Applies::both, "", write_profile, nullptr},
    {13, "delete the partition on the source", Applies::both, "", finish_source, nullptr},
    {13, "finish the migration on the destination", Applies::both, "B2001134", finish_target, nullptr},
    {13, "unlock the configuration", Applies::both, "B2001134", unlock_systems, nullptr},
};

constexpr u32 start_row = 9;  // when it is done, the witness has STARTED
static_assert(table[start_row].number == 11 && table[start_row + 1].number == 12);
constexpr u32 first_transfer_row = 5;
static_assert(table[first_transfer_row].number == 7 && table[first_transfer_row - 1].number < 7);

// Nothing after the start can be undone. Every step that brings the witness nearer to it is undone by asking the witness, before
// anything else is: otherwise two owners. And the shell's number is the key to what the destination's Virtual I/O Servers have made for
// it, so it goes after all of that.
constexpr bool one_owner() {
  for (u32 row = 0; row < std::size(table); ++row) {
    if (row > start_row && table[row].undo) return false;
    if ((table[row].undo == keep_on_source) != (table[row].kind == Undo::decides)) return false;
    if ((table[row].undo == remove_shell) != (table[row].kind == Undo::forgets)) return false;
  }
  return table[start_row - 1].kind == Undo::decides && table[start_row].kind == Undo::decides;
}
static_assert(one_owner());

void end(Move& move, MoveState state, const Error* why) {
  // What a failed migration holds is its recovery's to release, in this process or another.
  for (const std::string& frame : move.held) move.console.moves().last_to_unlock(frame);
  move.held.clear();
  move.console.moves().end(move.plan.stream, state, why, move.console.clock().monotonic());
}

// Two lines of output in one error, each with a code.
Error joined(const Error& cause, const Error& consequence) {
  std::string line = line_of(consequence);
  line.pop_back();
  const Error first = with_code(cause);
  return {first.code, first.text + "\n" + line};
}

// A failure before the hand-over, or somebody's wish to stop.
Result<bool> give_up(Move& move, u32 row, const Error& why) {
  const Step& step = table[row];
  log.error("the migration of {} failed in step {} ({}): {}", move.plan.lpar_name, step.number, step.name, why.text);
  // A mover that the console does not reach any more cannot be asked to clean up: that is left to a recovery. (Redbook 6.2, 6.3)
  const auto lost = [&](const std::string& address, const std::string& frame) {
    FrameLink* link = move.console.link(frame);
    return !address.empty() && link && ask(*link, service::DescribeSystem{}) && move.console.has_lost(address);
  };
  const bool source_lost = row >= first_transfer_row && lost(move.plan.source_msp_ip, move.plan.source_frame);
  if (source_lost || (row >= first_transfer_row && lost(move.plan.target_msp_ip, move.plan.target_frame))) {
    show_stopped(move);
    const Error told =
        joined(why, say("HSCLF314", move.plan.lpar_name, source_lost ? move.plan.source_msp : move.plan.target_msp));
    end(move, MoveState::failed, &told);
    return told;
  }
  if (why.code != "HSCLF302" && move.kept_failed(row)) {
    if (move.plan.active && row >= first_transfer_row) (void)move.source(service::StopStream{move.plan.stream});
    show_stopped(move);
    const Error told = joined(why, say("HSCLF315", move.plan.lpar_name, step.name));
    end(move, MoveState::failed, &told);
    return told;
  }
  const Status undone = roll_back(move, row);
  if (!undone && undone.error().code == "started") {
    log.info("the destination has started {}: the migration goes on", move.plan.lpar_name);
    return true;
  }
  // Its queues are what the source takes up again with the partition.
  if (!undone && move.source_info.suspended_at != 0) move.show("B2001131", "");
  if (!step.refcode.empty() && why.code != "HSCLF302") move.show(std::string(step.refcode), "");
  show_stopped(move);
  Error told = why;
  if (!undone)
    told = joined(why, say("HSCLF304", move.plan.lpar_name, step.name, undone.error().text));
  else if (why.code != "HSCLF302")
    told = joined(why, say("HSCLF303", move.plan.lpar_name, step.name));
  end(move, undone ? MoveState::rolled_back : MoveState::failed, &told);
  return told;
}

}  // namespace

// In one request: a console that dies leaves a partition that runs on with its own code.
void show_stopped(Move& move) {
  FrameLink* source = move.source_gone ? nullptr : move.console.link(move.plan.source_frame);
  if (source) (void)ask(*source, service::ShowRefCode{move.plan.source_lpar_id, "D200AFFF", true});
}

std::span<const Step> steps() { return table; }
u32 first_row_after_start() { return start_row + 1; }

std::string row_name(u32 row) {
  const u32 number = table[row].number;
  const auto same = [&](const Step& step) { return step.number == number; };
  if (std::ranges::count_if(table, same) == 1) return std::to_string(number);
  return fmt::format("{}.{}", number, std::ranges::count_if(std::span(table).first(row + 1), same));
}

void release_locks(Move& move) { (void)unlock(move); }

Status roll_back(Move& move, u32 row) {
  Status result = emu::success();
  std::vector<std::string_view> kept;
  for (u32 at = row + 1; at-- > 0;) {
    const Step& step = table[at];
    if (!applies(step.applies, move.plan.active) || !step.undo) continue;
    if (!result && step.kind == Undo::forgets) {
      kept.push_back(step.name);
      continue;
    }
    if (Status written = move.write_down(at, Direction::undo); !written) log.warn("journal: {}", written.error().text);
    Status undone = move.meet_step(at, Direction::undo, Move::Stop::refused);
    if (undone) undone = step.undo(move);
    if (undone) continue;
    if (undone.error().code != "started")
      log.error("step {} ({}) was not undone: {}", step.number, step.name, undone.error().text);
    if (undone.error().code == "started") return undone;
    // All that stays is named, not only the first of it. (Redbook 2.4.5)
    const std::string named = fmt::format("{} ({})", undone.error().text, step.name);
    result = result ? Error{undone.error().code, named} : Error{result.error().code, result.error().text + " " + named};
    if (step.kind == Undo::decides) return result;
  }
  if (!kept.empty())
    return Error{result.error().code, fmt::format("{} Not undone until then: {}.", result.error().text, fmt::join(kept, ", "))};
  return result;
}

Status run_steps(Move& move, u32 row) {
  for (; row < std::size(table); ++row) {
    const Step& step = table[row];
    if (!applies(step.applies, move.plan.active)) continue;
    const bool undoable = row <= start_row;
    move.console.moves().step(move.plan.stream, {step.number, std::string(step.name), move.console.clock().monotonic()});
    Status result = move.write_down(row, Direction::forward);
    if (!result && !undoable) result = emu::success();  // what the frames' journals hold is enough to go on
    if (result && undoable && row < start_row) result = move.stop_if_asked();
    if (result) {
      log.info("migration of {}: step {}, {}", move.plan.lpar_name, step.number, step.name);
      const bool stoppable = undoable && row < start_row;
      if (undoable) move.enter_phase(step.number);
      result = move.meet_step(row, Direction::forward, stoppable ? Move::Stop::possible : Move::Stop::refused);
      if (result) result = step.run(move);
      // However it has failed, it was too late. A wish to stop is another matter, and what was started goes on.
      const bool too_late_matters = undoable && (result ? row < start_row : result.error().code != "HSCLF302");
      if (too_late_matters)
        if (const Status late = move.in_time(); !late) result = late;
    }
    if (result) continue;
    if (undoable) {
      TRY(give_up(move, row, result.error()));
      row = start_row;  // started all the same
      continue;
    }
    log.error("the migration of {} was not finished, step {} ({}): {}", move.plan.lpar_name, step.number, step.name,
              result.error().text);
    if (!step.refcode.empty()) move.show("", std::string(step.refcode));
    const Error told = joined(result.error(), say("HSCLF305", move.plan.lpar_name, move.plan.target_system, step.name));
    end(move, MoveState::failed, &told);
    return told;
  }
  end(move, MoveState::completed, nullptr);
  return emu::success();
}

}  // namespace hmc
