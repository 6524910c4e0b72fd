// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/consoles/guest.h"

#include "hmc/console.h"
#include "hmc/consoles/system_lock.h"
#include "hmc/users/keys.h"

namespace hmc {

namespace {

constexpr users::Task task("MigrateLPAR");

Error no_authority() { return {"HSCL350B", "The user does not have the appropriate authority."}; }

}  // namespace

// A wrong password costs its second here as it does at the ssh server. Keys are tried with every question, so that only wrong ones are noted.
Result<std::unique_ptr<Guest>> Guest::let_in(Console& console, const std::string& from, const std::string& user,
                                             const Proof& proof) {
  const users::Users& users = console.users();
  const bool known = proof.key.empty() ? users.password_opens(user, proof.password) : users.key_opens(user, proof.key);
  const auto found = known ? users.find(user) : std::nullopt;
  if (!found) console.note(user, "failed to log in from the console " + from + ".");
  if (!found && proof.key.empty()) console.pause().sleep(emu::nanoseconds_per_second);
  if (!found) return Error{"refused", "The user is not let in."};
  if (proof.key.empty()) console.note(user, "logged in from the console " + from + ".");
  return std::unique_ptr<Guest>(new Guest(console, from, user));
}

bool Guest::may_migrate() const {
  const auto user = console_.users().find(user_);
  return user && !console_.users().is_disabled(*user) && task.belongs_to(user->taskrole);
}

std::vector<std::string> Guest::frames() const {
  std::vector<std::string> names;
  for (const FrameEndpoint& frame : console_.frames()) names.push_back(frame.name);
  return names;
}

Result<FrameLink*> Guest::link(const std::string& frame) const {
  for (const FrameEndpoint& each : console_.frames())
    if (each.name == frame) return each.link.get();
  return Error{"absent", "This console does not manage that system."};
}

Result<Reply> Guest::ask(const std::string& frame, const service::Request& request, u64 timeout) {
  const auto user = console_.users().find(user_);
  if (!user || console_.users().is_disabled(*user)) return Error{"refused", "The user is not let in."};
  if (is_change(request) && !may_migrate()) return no_authority();
  return TRY(link(frame))->exchange(request, timeout);
}

Status Guest::hold(const std::string& frame) {
  if (!may_migrate()) return no_authority();
  FrameLink* const way = TRY(link(frame));
  held_[frame] = TRY(way->hold());
  console_.note(user_, "works on the managed system " + frame + " from the console " + from_ + ".");
  return emu::success();
}

Status Guest::break_lock(const std::string& frame) {
  if (!may_migrate()) return no_authority();
  console_.note(user_, "The lock on the managed system " + frame + " was broken from the console " + from_ + ".");
  return TRY(link(frame))->break_lock();
}

Status Guest::add_key(const std::string& key) {
  TRY(console_.users().change(user_, [&](users::User& user) { return users::add_key(user.keys, key); }));
  console_.note(user_, "a key was added from the console " + from_ + ".");
  return emu::success();
}

Result<std::string> Guest::own_key() const {
  const auto user = console_.users().find(user_);
  if (!user) return Error{"refused", "The user is not let in."};
  return console_.key_of(*user);
}

}  // namespace hmc
