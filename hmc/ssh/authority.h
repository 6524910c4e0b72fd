// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the ssh server asks of the console. Any thread.

#include <string>
#include <vector>

#include "hmc/session.h"

namespace hmc::ssh {

class Authority {
 public:
  virtual ~Authority() = default;
  // A password or a key that opens a user's account. `key`: "ssh-ed25519 AAAA...". False, too, if the console does not answer.
  virtual bool password_opens(const std::string& user, const std::string& password) = 0;
  virtual bool key_opens(const std::string& user, const std::string& key) = 0;
  // For the console's list of events. `from`: the client's address.
  virtual void note_login(const std::string& user, const std::string& from, bool well) = 0;
  // Runs a command as that user until it has ended, or until the session is cancelled. The exit status.
  virtual int run(const std::string& user, const std::vector<std::string>& argv, Session&) = 0;
};

}  // namespace hmc::ssh
