// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/changes.h"

#include <chrono>
#include <map>

#include "emu/core/lpar_state.h"

namespace firmware {

bool Changes::put(emu::Change change) {
  change.wall = clock_.wall();
  return bool(journal_.put_change(change));
}

void Changes::note(emu::ChangeKind kind, u32 lpar_id, const std::string& lpar_name, std::string detail) {
  // Not with our lock: whoever is in a transaction has the journal's, and comes here then.
  if (missed_.exchange(false) && !put({0, 0, emu::ChangeKind::system, "", 0, "", "some changes are missing here"}))
    missed_ = true;
  if (!put({0, 0, kind, "", lpar_id, lpar_name, std::move(detail)})) missed_ = true;
  {
    const std::lock_guard guard(mutex_);
    ++noted_;
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

void Changes::note_start(const std::vector<emu::LparDefinition>& lpars) {
  const std::string off(emu::name_of(emu::LparState::not_activated));
  const std::map<u32, std::string> last = journal_.noted_states();
  note(emu::ChangeKind::system, 0, "", "started");
  for (const emu::LparDefinition& lpar : lpars)
    if (const auto known = last.find(lpar.lpar_id); known != last.end() && known->second != off)
      note(emu::ChangeKind::state, lpar.lpar_id, lpar.name, off);
}

emu::Changes Changes::since(u64 life, u64 after, u64 patience) const {
  const auto read = [&] {
    emu::Changes answer = journal_.changes_after(after);
    if (answer.life != life) {  // another list, of which nothing is known
      answer = journal_.changes_after(0);
      answer.complete = false;
    }
    return answer;
  };
  u64 seen = 0;
  {
    const std::lock_guard guard(mutex_);
    seen = noted_;
  }
  emu::Changes answer = read();
  if (!answer.complete || answer.last != after || patience == 0) return answer;
  {
    std::unique_lock guard(mutex_);
    more_.wait_for(guard, std::chrono::nanoseconds(patience), [&] { return noted_ != seen || ended_; });
    if (noted_ == seen) return answer;
  }
  return read();
}

void Changes::end_waits() {
  {
    const std::lock_guard guard(mutex_);
    ended_ = true;
  }
  more_.notify_all();
}

}  // namespace firmware
