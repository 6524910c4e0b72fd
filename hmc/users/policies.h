// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The password policies of the console, kept in its journal. Any thread.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "hmc/journal/journal.h"
#include "hmc/users/policy.h"

namespace hmc::users {

class Policies {
 public:
  static emu::Result<std::unique_ptr<Policies>> open(Journal&);

  std::vector<PasswordPolicy> all() const;  // the predefined one first
  std::optional<PasswordPolicy> active() const;
  bool is_active(const std::string& name) const;

  emu::Status add(const PasswordPolicy&);
  emu::Status change(const std::string& name, const std::function<emu::Status(PasswordPolicy&)>& change);
  emu::Status remove(const std::string& name);
  emu::Status activate(const std::string& name);  // and no other
  emu::Status deactivate();

 private:
  explicit Policies(Journal& journal) : journal_(journal) {}
  std::optional<PasswordPolicy> find(const std::string& name) const;
  emu::Status store(const PasswordPolicy&, const std::string& former_name);

  Journal& journal_;
  std::mutex changing_;  // taken first
  mutable std::mutex mutex_;
  std::map<std::string, PasswordPolicy> policies_;
  std::string active_;  // empty: none
};

}  // namespace hmc::users
