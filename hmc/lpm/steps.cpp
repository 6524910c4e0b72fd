// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/lpm/steps.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "emu/core/log.h"
#include "hmc/lpm/work.h"
#include "hmc/messages.h"

namespace hmc {

namespace {

constexpr emu::Log log("hmc");

constexpr Step table[] = {
    {2, "lock the configuration", Applies::both, "B2001133", work::lock, work::unlock},
    {3, "create the partition shell on the destination", Applies::both, "", work::create_shell, work::remove_shell,
     Undo::forgets},
    {4, "open the movers", Applies::active, "", work::open_movers, work::close_movers},
    {5, "prepare the operating system", Applies::active, "B2001130", work::prepare, work::undo_prepare},
    {6, "map the virtual SCSI adapters", Applies::both, "", work::map_scsi, work::unmap_target},
    {7, "transfer the memory", Applies::active, "B2001140", work::begin_passes, work::keep_on_source, Undo::decides},
    {8, "suspend the partition", Applies::active, "B2001144", work::await_suspended, nullptr},
    {9, "transfer the state", Applies::active, "B2001141", work::await_verified, nullptr},
    {10, "hand over the partition", Applies::both, "B2001142", work::hand_over, work::keep_on_source, Undo::decides},
    {11, "resume the partition on the destination", Applies::both, "B2001145", work::start, work::keep_on_source, Undo::decides},
    {12, "complete the transfer", Applies::active, "B2001143", work::await_completed, nullptr},
    {13, "tell the operating system that it has moved", Applies::active, "", work::post, nullptr},
    {13, "remove the virtual SCSI adapters of the source", Applies::both, "", work::unmap_source, nullptr},
    {13, "write the migration profile", Applies::both, "", work::write_profile, nullptr},
    {13, "delete the partition on the source", Applies::both, "", work::finish_source, nullptr},
    {13, "finish the migration on the destination", Applies::both, "B2001134", work::finish_target, nullptr},
    {13, "unlock the configuration", Applies::both, "B2001134", work::unlock_systems, nullptr},
};

constexpr u32 start_row = 9;  // when it is done, the witness has STARTED
static_assert(table[start_row].number == 11 && table[start_row + 1].number == 12);

// Nothing after the start can be undone. Every step that brings the witness nearer to it is undone by asking the witness, before
// anything else is: otherwise two owners. And the shell's number is the key to what the destination's Virtual I/O Servers have made for
// it, so it goes after all of that.
constexpr bool one_owner() {
  for (u32 row = 0; row < std::size(table); ++row) {
    if (row > start_row && table[row].undo) return false;
    if ((table[row].undo == work::keep_on_source) != (table[row].kind == Undo::decides)) return false;
    if ((table[row].undo == work::remove_shell) != (table[row].kind == Undo::forgets)) return false;
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
  const Status undone = roll_back(move, row);
  if (!undone && undone.error().code == "started") {
    log.info("the destination has started {}: the migration goes on", move.plan.lpar_name);
    return true;
  }
  if (!step.refcode.empty() && why.code != "HSCLA302") move.show(std::string(step.refcode), "");
  show_stopped(move);
  Error told = why;
  if (!undone)
    told = joined(why, say("HSCLA304", move.plan.lpar_name, step.name, undone.error().text));
  else if (why.code != "HSCLA302")
    told = joined(why, say("HSCLA303", move.plan.lpar_name, step.name));
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

void release_locks(Move& move) {
  (void)work::unlock(move);
  (void)move.console.journal().remove(move.plan.stream);
}

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
    const Status undone = step.undo(move);
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
  if (result) (void)move.console.journal().remove(move.plan.stream);
  return result;
}

Status run_steps(Move& move, u32 row) {
  for (; row < std::size(table); ++row) {
    const Step& step = table[row];
    if (!applies(step.applies, move.plan.active)) continue;
    const bool undoable = row <= start_row;
    move.console.moves().update(move.plan.stream, [&](MoveStatus& status) {
      status.step = step.number;
      status.step_name = step.name;
      status.steps.push_back({step.number, std::string(step.name), move.console.clock().monotonic()});
    });
    Status result = move.write_down(row, Direction::forward);
    if (!result && !undoable) result = emu::success();  // what the frames' journals hold is enough to go on
    if (result && undoable && row < start_row) result = move.stop_if_asked();
    if (result) {
      log.info("migration of {}: step {}, {}", move.plan.lpar_name, step.number, step.name);
      result = step.run(move);
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
    const Error told = joined(result.error(), say("HSCLA305", move.plan.lpar_name, move.plan.target_system, step.name));
    end(move, MoveState::failed, &told);
    return told;
  }
  (void)move.console.journal().remove(move.plan.stream);
  end(move, MoveState::completed, nullptr);
  return emu::success();
}

}  // namespace hmc
