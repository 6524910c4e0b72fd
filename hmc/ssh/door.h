// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The way from a user's shell to the console: the shell inherits a socket, and each command of the console sends a connection through it
// (hmc/ssh/inside/wire.h). A thread for the door, and one for each command that runs; all of them have ended when it is destroyed.

#include <atomic>
#include <list>
#include <mutex>
#include <string>
#include <thread>

#include "emu/core/result.h"
#include "hmc/ssh/authority.h"

namespace hmc::ssh {

inline constexpr size_t most_commands = 32;  // of one door, at the same time

class Door {
 public:
  enum class Files { of_the_user, none };  // whether a command may name files: those that its shell sees

  // `authority` must outlive it.
  static emu::Result<std::unique_ptr<Door>> open(Authority& authority, Account, Files);
  ~Door();
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  int inside() const { return inside_; }  // for the shell; closed once it is started
  void close_inside();
  bool busy() const;  // a command runs

 private:
  struct Command {
    int socket = -1;
    std::atomic<bool> done{false};
    std::thread thread;
  };
  Door(Authority& authority, Account account, Files files, int outside, int inside)
      : authority_(authority), account_(std::move(account)), files_(files), outside_(outside), inside_(inside) {}
  void listen();
  void begin(int socket);
  void sweep();

  Authority& authority_;
  const Account account_;
  const Files files_;
  int outside_, inside_;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_;
  std::list<Command> commands_;
  std::thread thread_;
};

}  // namespace hmc::ssh
