// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The console's ssh server. Its users are the console's, and not the host's; what they start stays in a sandbox. A thread for each
// connection. All public functions may be called from any thread.

#include <memory>
#include <optional>
#include <string>

#include "emu/core/result.h"
#include "emu/core/types.h"
#include "hmc/ssh/authority.h"
#include "hmc/ssh/sandbox.h"
#include "hmc/ssh/transport.h"

namespace hmc::ssh {

struct Limits {
  size_t unauthenticated = 64;  // the oldest of them makes room for a new one
  size_t connections = 256;     // of users
  size_t channels = 32;         // of a connection
  u32 login_seconds = 60;
  u32 attempts = 10;            // keys and passwords that do not open, of a connection
  u32 failure_delay_ms = 1000;  // after a wrong password
  u32 idle_minutes = 720;       // nothing typed, shown or run
};

struct ServerOptions {
  std::string address;  // of this host alone: 127.x.y.z
  u16 port = 22;        // 0, or where it may not be bound: any free one
  std::optional<Sandbox> sandbox;
  std::string why_no_sandbox;         // in a sentence
  std::string command_program;        // without a sandbox: hmc/ssh/inside/command.cpp
  std::vector<std::string> commands;  // and the names that it is called by
  Limits limits{};
};

class Server {
 public:
  // `keys` and `authority` must outlive it. Code "taken": somebody listens at that address and port.
  static emu::Result<std::unique_ptr<Server>> create(ServerOptions, HostKeys& keys, Authority& authority);
  virtual ~Server() = default;  // ends all connections
  virtual u16 port() const = 0;
  virtual const std::string& address() const = 0;
};

}  // namespace hmc::ssh
