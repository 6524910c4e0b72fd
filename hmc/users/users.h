// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The users of the console, kept in its journal. Any thread. What is changed is in the journal before anybody sees it.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "emu/core/clock.h"
#include "hmc/journal/journal.h"
#include "hmc/users/policies.h"
#include "hmc/users/user.h"

namespace hmc::users {

class Users {
 public:
  // hscroot is made if the journal does not have him, with this password; empty: no password opens for him.
  static emu::Result<std::unique_ptr<Users>> open(Journal&, const emu::Clock&, const std::string& hscroot_password,
                                                  const std::string& hscroot_key = "");

  std::optional<User> find(const std::string& name) const;
  std::vector<User> all() const;  // by name
  // True if nobody is let in for this user now: an administrator says so, or the user was away for too long.
  bool is_disabled(const User&) const;

  emu::Status add(const User&);
  // Changes take turns. An error of `change` leaves the user as it was.
  emu::Status change(const std::string& name, const std::function<emu::Status(User&)>& change);
  emu::Status remove(const std::string& name);

  UserDefaults defaults() const;
  emu::Status set_defaults(const UserDefaults&);
  Policies& policies() { return *policies_; }

  // For whoever lets users in from outside. Both look at everything that stands against it: disabled, expired, no remote access.
  bool password_opens(const std::string& name, const std::string& password) const;
  bool key_opens(const std::string& name, const std::string& key) const;
  void logged_in(const std::string& name);

 private:
  Users(Journal& journal, const emu::Clock& clock) : journal_(journal), clock_(clock) {}
  bool may_enter(const User&) const;
  emu::Status store(const User&, const std::string& former_name);

  Journal& journal_;
  std::unique_ptr<Policies> policies_;
  const emu::Clock& clock_;
  std::mutex changing_;  // taken first
  mutable std::mutex mutex_;
  std::map<std::string, User> users_;
  UserDefaults defaults_;
};

}  // namespace hmc::users
