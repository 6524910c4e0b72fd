// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/changes/change_log.h"

#include <chrono>

#include "emu/core/log.h"

namespace hmc {

namespace {
constexpr emu::Log log("hmc");
}

template <class Put>
Status ChangeLog::put(emu::Change change, Put&& into) {
  if (!change.wall) change.wall = clock_.wall();
  {
    const std::lock_guard guard(mutex_);
    if (auto stored = into(change); !stored) {
      log.warn("a change is not noted: {}", stored.error().text);
      return stored;
    }
    ++counts_[change.system];
  }
  more_.notify_all();
  return emu::success();
}

Status ChangeLog::note(emu::Change change, const Heard* heard) {
  return put(std::move(change), [&](const emu::Change& noted) { return journal_.put_change(noted, heard); });
}

Status ChangeLog::note_end(u64 stream, emu::Change change) {
  return put(std::move(change), [&](const emu::Change& noted) { return journal_.put_end(stream, noted); });
}

u64 ChangeLog::count_of(const std::string& system) const {
  const std::lock_guard guard(mutex_);
  const auto found = counts_.find(system);
  return found == counts_.end() ? 0 : found->second;
}

emu::Changes ChangeLog::since(u64 after, u64 patience) const {
  std::unique_lock guard(mutex_);
  emu::Changes answer = journal_.changes_after(after);
  const auto nothing_new = [&] { return answer.complete && answer.last == after; };
  if (!nothing_new() || !patience) return answer;
  more_.wait_for(guard, std::chrono::nanoseconds(patience), [&] {
    answer = journal_.changes_after(after);
    return !nothing_new();
  });
  return answer;
}

}  // namespace hmc
