// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A client: it logs in, opens channels, and runs programs on them. One thread runs it; abort() may come from another.

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <string>

#include "hmc/ssh/server.h"
#include "hmc/ssh/user_channel.h"

namespace hmc::ssh {

class Connection final : private ConnectionHandler {
 public:
  Connection(const ServerOptions&, Authority&, std::string from, const std::atomic<bool>& ending);

  // Until the client has gone.
  void run(std::unique_ptr<Transport>);
  ConnectionHandler& handler() { return *this; }
  bool logged_in() const { return logged_in_; }
  // The socket is shut: run() returns soon.
  void abort();
  void belongs_to(int socket) { socket_ = socket; }  // before run()

 private:
  bool password(const std::string& user, const std::string& password) override;
  bool key(const std::string& user, const std::string& key, bool proven) override;
  ChannelHandler* opened(Channel&) override;

  bool may_try(const std::string& user) const;
  void failed(const std::string& user);
  bool judge(const std::string& user, const emu::Result<Login>&);
  void succeeded(const std::string& user, u64 made);
  void converse(Transport&);
  bool wait(Transport&);  // true: something happened
  bool is_idle() const;

  const ServerOptions& options_;
  Authority& authority_;
  const std::string from_;
  const std::atomic<bool>& ending_;
  std::atomic<bool> logged_in_{false};
  std::mutex mutex_;
  int socket_ = -1;  // the transport's, while it is open
  Account account_;
  u32 failures_ = 0;
  u64 began_ = 0, last_ = 0, asked_ = 0;  // monotonic milliseconds; asked: whether the user may stay
  std::list<std::unique_ptr<UserChannel>> channels_;
};

}  // namespace hmc::ssh
