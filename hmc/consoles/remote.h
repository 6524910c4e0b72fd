// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Other consoles, with whose systems this one migrates partitions (migrlpar --ip). What is asked of their frames goes through them: they
// know who may ask, and they hold their systems' locks meanwhile.
//
// SIMPLIFIED: consoles reach each other by a channel of the lab, and not by ssh; who asks is known by the same users and keys.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hmc/frame_link.h"

namespace hmc {

// By what a user of the other console is known: a key ("ssh-ed25519 AAAA..."), or a password.
struct Proof {
  std::string key;
  std::string password;
};

class RemoteConsole {
 public:
  virtual ~RemoteConsole() = default;
  virtual const std::string& name() const = 0;
  // The frames that it manages, by the names that links have in this lab.
  virtual const std::vector<std::string>& frames() const = 0;
  virtual bool may_migrate() const = 0;  // the user that was proven
  // The way to one of them, through it. As long as it is held, the other console has the lock.
  virtual std::unique_ptr<FrameLink> link(const std::string& frame) = 0;
  // Lets whoever has this key in from now on as the user that was proven.
  virtual Status add_key(const std::string& key) = 0;
  // By which the user of that console asks others.
  virtual Result<std::string> own_key() = 0;
};

class RemoteConsoles {
 public:
  virtual ~RemoteConsoles() = default;
  virtual bool is_self(const std::string& ip) const = 0;
  // Errors: "absent": no console is there; "refused": it does not let that user in; those of a link.
  virtual Result<std::unique_ptr<RemoteConsole>> connect(const std::string& ip, const std::string& user, const Proof&) = 0;
};

}  // namespace hmc
