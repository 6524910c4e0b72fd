// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/users.h"

#include "hmc/messages.h"
#include "hmc/users/keys.h"
#include "hmc/users/password.h"
#include "hmc/users/set_password.h"

namespace hmc::users {

using emu::Result;
using emu::Status;

namespace {

constexpr const char* kind = "user";
constexpr const char* defaults_kind = "user_defaults";  // one, without a name

}  // namespace

Result<std::unique_ptr<Users>> Users::open(Journal& journal, const emu::Clock& clock, const std::string& hscroot_password,
                                           const std::string& hscroot_key) {
  std::unique_ptr<Users> users(new Users(journal, clock));
  users->policies_ = TRY(Policies::open(journal));
  for (const Kept& kept : journal.kept(defaults_kind)) users->defaults_ = TRY(emu::from_bytes<UserDefaults>(kept.content));
  for (const Kept& kept : journal.kept(kind)) {
    User user = TRY(emu::from_bytes<User>(kept.content));
    users->users_.emplace(user.name, std::move(user));
  }
  if (users->users_.contains(std::string(hscroot))) return users;
  User first;
  first.name = hscroot;
  first.taskrole = TaskRole::hmcsuperadmin;
  first.description = "HMC Super User";
  first.remote_webui_access = true;
  first.password_set = first.last_seen = first.made = clock.wall();
  if (!hscroot_password.empty()) first.password = TRY(hash_of(hscroot_password));
  if (!hscroot_key.empty()) TRY(add_key(first.keys, hscroot_key));
  TRY(users->store(first, ""));
  return users;
}

std::optional<User> Users::find(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  const auto found = users_.find(name);
  return found == users_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<User> Users::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<User> all;
  for (const auto& [name, user] : users_) all.push_back(user);
  return all;
}

Status Users::store(const User& user, const std::string& former_name) {
  TRY(journal_.keep({kind, user.name, emu::to_bytes(user)}, former_name));
  const std::lock_guard lock(mutex_);
  users_.erase(former_name);
  users_[user.name] = user;
  return emu::success();
}

Status Users::add(const User& user) {
  const std::lock_guard turn(changing_);
  if (find(user.name)) return say("HSCLF052", user.name);
  User made = user;
  made.made = clock_.wall();
  return store(made, "");
}

Status Users::change(const std::string& name, const std::function<Status(User&)>& change) {
  const std::lock_guard turn(changing_);
  std::optional<User> user = find(name);
  if (!user) return say("HSCLF051", name);
  TRY(change(*user));
  if (user->name == name) return store(*user, "");
  if (find(user->name)) return say("HSCLF052", user->name);
  return store(*user, name);
}

Status Users::remove(const std::string& name) {
  const std::lock_guard turn(changing_);
  if (!find(name)) return say("HSCLF051", name);
  if (name == hscroot) return say("HSCLF053", name);
  TRY(journal_.forget(kind, name));
  const std::lock_guard lock(mutex_);
  users_.erase(name);
  return emu::success();
}

UserDefaults Users::defaults() const {
  const std::lock_guard lock(mutex_);
  return defaults_;
}

Status Users::set_defaults(const UserDefaults& defaults) {
  const std::lock_guard turn(changing_);
  TRY(journal_.keep({defaults_kind, "", emu::to_bytes(defaults)}));
  const std::lock_guard lock(mutex_);
  defaults_ = defaults;
  return emu::success();
}

bool Users::is_disabled(const User& user) const {
  return user.disabled || older_than(user.last_seen, user.inactivity_expiration, clock_.wall());
}

bool Users::may_enter(const User& user) const {
  const std::optional<PasswordPolicy> policy = policies_->active();
  return user.remote_ssh_access && user.taskrole != TaskRole::unknown && !is_disabled(user) &&
         !has_expired(user, policy ? &*policy : nullptr, clock_.wall());
}

bool Users::password_opens(const std::string& name, const std::string& password) const {
  const std::optional<User> user = find(name);
  const bool right = matches(password, user ? user->password : "");
  return right && user->passwd_authentication && may_enter(*user);
}

bool Users::key_opens(const std::string& name, const std::string& key) const {
  const std::optional<User> user = find(name);
  const std::optional<Key> wanted = key_of(key);
  return user && wanted && may_enter(*user) && find_key(user->keys, *wanted) < user->keys.size();
}

// A log-in that cannot be noted has happened all the same.
void Users::logged_in(const std::string& name) {
  (void)change(name, [this](User& user) {
    user.last_seen = clock_.wall();
    return emu::success();
  });
}

}  // namespace hmc::users
