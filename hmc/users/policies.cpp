// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/users/policies.h"

#include "hmc/messages.h"

namespace hmc::users {

using emu::Result;
using emu::Status;

namespace {

constexpr const char* kind = "pwdpolicy";
constexpr const char* active_kind = "active_pwdpolicy";  // its name is all that there is of it

}  // namespace

Result<std::unique_ptr<Policies>> Policies::open(Journal& journal) {
  std::unique_ptr<Policies> policies(new Policies(journal));
  for (const Kept& kept : journal.kept(kind))
    policies->policies_.emplace(kept.name, TRY(emu::from_bytes<PasswordPolicy>(kept.content)));
  for (const Kept& kept : journal.kept(active_kind)) policies->active_ = kept.name;
  return policies;
}

std::vector<PasswordPolicy> Policies::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<PasswordPolicy> all{medium_security};
  for (const auto& [name, policy] : policies_) all.push_back(policy);
  return all;
}

std::optional<PasswordPolicy> Policies::find(const std::string& name) const {
  for (const PasswordPolicy& policy : all())
    if (policy.name == name) return policy;
  return std::nullopt;
}

std::optional<PasswordPolicy> Policies::active() const {
  std::string name;
  {
    const std::lock_guard lock(mutex_);
    name = active_;
  }
  return find(name);
}

bool Policies::is_active(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return active_ == name;
}

Status Policies::store(const PasswordPolicy& policy, const std::string& former_name) {
  TRY(journal_.keep({kind, policy.name, emu::to_bytes(policy)}, former_name));
  const std::lock_guard lock(mutex_);
  policies_.erase(former_name);
  policies_[policy.name] = policy;
  return emu::success();
}

Status Policies::add(const PasswordPolicy& policy) {
  const std::lock_guard turn(changing_);
  if (find(policy.name)) return say("HSCLF056", policy.name);
  return store(policy, "");
}

Status Policies::change(const std::string& name, const std::function<Status(PasswordPolicy&)>& change) {
  const std::lock_guard turn(changing_);
  std::optional<PasswordPolicy> policy = find(name);
  if (!policy) return say("HSCLF055", name);
  if (name == medium_security.name) return say("HSCLF057", name);
  TRY(change(*policy));
  if (policy->name == name) return store(*policy, "");
  if (find(policy->name)) return say("HSCLF056", policy->name);
  if (is_active(name)) return say("HSCLF058", name);
  return store(*policy, name);
}

Status Policies::remove(const std::string& name) {
  const std::lock_guard turn(changing_);
  if (!find(name)) return say("HSCLF055", name);
  if (name == medium_security.name) return say("HSCLF057", name);
  if (is_active(name)) return say("HSCLF058", name);
  TRY(journal_.forget(kind, name));
  const std::lock_guard lock(mutex_);
  policies_.erase(name);
  return emu::success();
}

Status Policies::activate(const std::string& name) {
  const std::lock_guard turn(changing_);
  if (!find(name)) return say("HSCLF055", name);
  if (is_active(name)) return emu::success();
  const std::string former = active_;  // nobody else changes it meanwhile
  TRY(journal_.keep({active_kind, name, {}}, former));
  const std::lock_guard lock(mutex_);
  active_ = name;
  return emu::success();
}

Status Policies::deactivate() {
  const std::lock_guard turn(changing_);
  if (is_active("")) return emu::success();
  TRY(journal_.forget(active_kind, active_));
  const std::lock_guard lock(mutex_);
  active_.clear();
  return emu::success();
}

}  // namespace hmc::users
