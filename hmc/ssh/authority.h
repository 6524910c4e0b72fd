// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the ssh server asks of the console. Any thread.

#include <string>
#include <vector>

#include "hmc/session.h"

namespace hmc::ssh {

// A user of the console. `made` tells one from a later one of the same name.
struct Account {
  std::string user;
  u64 made = 0;
};
struct Login {
  bool opens = false;
  u64 made = 0;
};

class Authority {
 public:
  virtual ~Authority() = default;
  // A password or a key that opens a user's account. `key`: "ssh-ed25519 AAAA...". An error: the console does not answer.
  virtual emu::Result<Login> password_opens(const std::string& user, const std::string& password) = 0;
  virtual emu::Result<Login> key_opens(const std::string& user, const std::string& key) = 0;
  // Whether who has logged in may stay: the user is there, and is the same. True if the console does not answer.
  virtual bool may_stay(const Account&) = 0;
  // For the console's list of events. `from`: the client's address.
  virtual void note_login(const std::string& user, const std::string& from, bool well) = 0;
  // Runs a command as the session's user until it has ended, or until the session is cancelled. The exit status.
  virtual int run(const std::vector<std::string>& argv, Session&) = 0;
};

}  // namespace hmc::ssh
