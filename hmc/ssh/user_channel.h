// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What a user does on one channel: a shell, a command or the exchange of files, as a program in the sandbox.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <poll.h>

#include "hmc/ssh/child.h"
#include "hmc/ssh/door.h"
#include "hmc/ssh/server.h"
#include "hmc/ssh/transport.h"

namespace hmc::ssh {

class UserChannel final : public ChannelHandler {
 public:
  UserChannel(Channel& channel, const ServerOptions& options, Authority& authority, Account account)
      : channel_(channel), options_(options), authority_(authority), account_(std::move(account)) {}

  bool terminal(const Terminal&) override;
  void resized(u16 columns, u16 rows) override;
  bool shell() override;
  bool execute(const std::string& command) override;
  bool subsystem(const std::string& name) override;
  size_t typed(std::string_view) override;
  void input_ended() override;
  void signalled(const std::string& name) override;

  // What to wait for.
  void wait_for(std::vector<pollfd>&) const;
  // Moves what can be moved between the program and the client. True if there was something.
  bool pump();
  bool over() const { return over_; }  // nothing more comes of it
  Channel& channel() const { return channel_; }
  bool busy() const { return door_ && door_->busy(); }

 private:
  bool is_used() const { return child_ || ended_ || over_; }  // a channel is for one program
  bool start(const std::vector<std::string>& program);
  bool start_with_door(const Start&, Door::Files);
  bool say_and_end(const std::string& line, int status);
  bool start_without_sandbox(const std::string& command);
  bool show(int descriptor, Channel::Stream);  // true: bytes came
  void write_input();

  Channel& channel_;
  const ServerOptions& options_;
  Authority& authority_;
  const Account account_;
  std::optional<Terminal> terminal_;
  std::unique_ptr<Door> door_;
  std::optional<Child> child_;
  std::string input_;           // for the program
  std::optional<Ended> ended_;  // how it ended, or how its start failed
  bool no_more_input_ = false;
  bool over_ = false;
};

}  // namespace hmc::ssh
