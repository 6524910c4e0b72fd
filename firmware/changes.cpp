// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/changes.h"

#include <algorithm>
#include <chrono>

namespace firmware {

namespace {

constexpr size_t most_kept = 4096;

}  // namespace

void Changes::note(emu::ChangeKind kind, u32 lpar_id, const std::string& lpar_name, std::string detail) {
  {
    const std::lock_guard guard(mutex_);
    kept_.push_back({++last_, clock_.wall(), kind, "", lpar_id, lpar_name, std::move(detail)});
    if (kept_.size() > most_kept) kept_.pop_front();
  }
  more_.notify_all();
}

void Changes::note_difference(const emu::LparDefinition& before, const emu::LparDefinition& after) {
  const auto of_profile = [&](const emu::Profile& profile, const char* what) {
    note(emu::ChangeKind::profile, after.lpar_id, after.name, profile.name + " " + what);
  };
  for (const emu::Profile& profile : before.profiles)
    if (!after.profile(profile.name)) of_profile(profile, "removed");
  for (const emu::Profile& profile : after.profiles) {
    const emu::Profile* former = before.profile(profile.name);
    if (!former || *former != profile) of_profile(profile, former ? "changed" : "defined");
  }
  if (before.current != after.current) note(emu::ChangeKind::current, after.lpar_id, after.name, "changed");
  emu::LparDefinition rest = before;
  rest.profiles = after.profiles;
  rest.current = after.current;
  if (rest != after) note(emu::ChangeKind::partition, after.lpar_id, after.name, "changed");
}

emu::Changes Changes::since(u64 life, u64 after, u64 patience) const {
  std::unique_lock guard(mutex_);
  const bool known = life == life_ && after <= last_;
  if (known) more_.wait_for(guard, std::chrono::nanoseconds(patience), [&] { return last_ > after; });
  emu::Changes answer;
  answer.life = life_;
  answer.last = last_;
  answer.complete = known && last_ - after <= kept_.size();
  const u64 wanted = known ? std::min<u64>(last_ - after, kept_.size()) : kept_.size();
  answer.changes.assign(kept_.end() - static_cast<std::ptrdiff_t>(wanted), kept_.end());
  return answer;
}

}  // namespace firmware
