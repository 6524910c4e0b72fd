// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The other end of hmc/consoles/remote.h: another console, which has come in as one of this console's users. What it holds is let go of
// when it goes. One thread.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hmc/consoles/remote.h"

namespace hmc {

class Console;

class Guest {
 public:
  // Code "refused": there is no such user, the proof does not hold, or the user may not migrate partitions.
  // `from`: the name of the other console, for people.
  static Result<std::unique_ptr<Guest>> let_in(Console&, const std::string& from, const std::string& user, const Proof&);

  std::vector<std::string> frames() const;
  bool may_migrate() const;
  Result<Reply> ask(const std::string& frame, const service::Request&, u64 timeout);
  Status hold(const std::string& frame);
  bool holds() const { return !held_.empty(); }
  Status break_lock(const std::string& frame);
  Status add_key(const std::string& key);
  Result<std::string> own_key() const;

 private:
  Guest(Console& console, std::string from, std::string user)
      : console_(console), from_(std::move(from)), user_(std::move(user)) {}
  Result<FrameLink*> link(const std::string& frame) const;

  Console& console_;
  const std::string from_;
  const std::string user_;
  std::map<std::string, Held> held_;
};

}  // namespace hmc
