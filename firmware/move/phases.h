// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Where a stream can go from where it is: the life of a move as one table. Who owns the partition changes with one line of it,
// when the lab's witness has STARTED (firmware/witness.h); that nothing leads back over it is proven below.

#include <string_view>

#include "firmware/move/progress.h"

namespace firmware::move {

enum class Side : u8 { source = 1, target };

struct Transition {
  Side side;
  Phase from;
  Phase to;
  std::string_view when;
};

inline constexpr Transition transitions[] = {
    {Side::source, Phase::none, Phase::opened, "the mover has opened the stream"},
    {Side::source, Phase::opened, Phase::passes, "pages flow, the partition keeps running"},
    {Side::source, Phase::passes, Phase::suspending, "the mover has signalled Suspend; pages still flow"},
    {Side::source, Phase::suspending, Phase::suspended, "the guest has called ibm,suspend-me"},
    {Side::source, Phase::suspended, Phase::verifying, "the whole state was sent"},
    {Side::source, Phase::verifying, Phase::handed_over, "the target has verified it; the witness has HANDED_OVER"},
    {Side::source, Phase::handed_over, Phase::resumed, "the witness has STARTED: point of no return"},
    {Side::source, Phase::resumed, Phase::completed, "the target has every page"},
    {Side::source, Phase::none, Phase::aborted, "source untouched"},
    {Side::source, Phase::opened, Phase::aborted, "source untouched"},
    {Side::source, Phase::passes, Phase::aborted, "source keeps running"},
    {Side::source, Phase::suspending, Phase::aborted, "source keeps running"},
    {Side::source, Phase::suspended, Phase::aborted, "source resumes where it stopped"},
    {Side::source, Phase::verifying, Phase::aborted, "source resumes where it stopped"},
    {Side::source, Phase::handed_over, Phase::aborted, "the witness has SOURCE again: it resumes where it stopped"},
    {Side::source, Phase::resumed, Phase::failed, "the target died before it had every page"},

    {Side::target, Phase::none, Phase::opened, "the mover has opened the stream"},
    {Side::target, Phase::opened, Phase::passes, "the source has said who is coming"},
    {Side::target, Phase::passes, Phase::verifying, "the whole state is here and good; the source decides what becomes of it"},
    {Side::target, Phase::verifying, Phase::resumed, "the source has handed over, the witness has STARTED: it runs here"},
    {Side::target, Phase::resumed, Phase::completed, "every page has come"},
    {Side::target, Phase::none, Phase::aborted, "the shell is dropped"},
    {Side::target, Phase::opened, Phase::aborted, "the shell is dropped"},
    {Side::target, Phase::passes, Phase::aborted, "the shell is dropped"},
    {Side::target, Phase::verifying, Phase::aborted, "the source has taken it back, or the HMC says so"},
    {Side::target, Phase::resumed, Phase::failed, "the source died before every page had come"},
};

constexpr bool allowed(Side side, Phase from, Phase to) {
  for (const Transition& t : transitions)
    if (t.side == side && t.from == from && t.to == to) return true;
  return false;
}

// Can `to` be reached at all, by any number of transitions?
constexpr bool reachable(Side side, Phase from, Phase to, int steps = 12) {
  if (steps == 0) return false;
  for (const Transition& t : transitions)
    if (t.side == side && t.from == from && (t.to == to || reachable(side, t.to, to, steps - 1))) return true;
  return false;
}

// Both ends run the partition, or may: then two owners.
static_assert(!reachable(Side::source, Phase::resumed, Phase::aborted), "two owners of one partition");
static_assert(!reachable(Side::target, Phase::resumed, Phase::aborted), "no owner of one partition");
// Nobody gets there but by the step in which the witness is asked.
constexpr bool only_from(Side side, Phase to, Phase from) {
  for (const Transition& t : transitions)
    if (t.side == side && t.to == to && t.from != from) return false;
  return allowed(side, from, to);
}
static_assert(only_from(Side::source, Phase::resumed, Phase::handed_over) &&
              only_from(Side::source, Phase::handed_over, Phase::verifying));
static_assert(only_from(Side::target, Phase::resumed, Phase::verifying));
static_assert(reachable(Side::source, Phase::none, Phase::completed) && reachable(Side::target, Phase::none, Phase::completed));

constexpr bool final_phase(Phase phase) { return phase == Phase::completed || phase == Phase::aborted || phase == Phase::failed; }

}  // namespace firmware::move
