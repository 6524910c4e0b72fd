// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One ssh connection, as its server sees it: who wants to log in, which channels are opened, what comes and goes on them. The library
// that speaks the protocol (libssh) is behind this interface alone. One thread uses a transport.

#include <memory>
#include <string>
#include <string_view>

#include "emu/core/result.h"
#include "emu/core/types.h"
#include "hmc/ssh/child.h"

namespace hmc::ssh {

// Our end of a channel. It stays until it is forgotten.
class Channel {
 public:
  enum class Stream { output, errors };
  virtual ~Channel() = default;
  virtual size_t room() const = 0;  // bytes that may be written now
  virtual void write(std::string_view, Stream) = 0;
  // Says how the program ended, and closes, once all that was written has gone out. False: not yet; to be asked again.
  virtual bool finish(const Ended&) = 0;
  virtual bool open() const = 0;
};

// What a client does on a channel. A request that is answered with false fails at the client.
class ChannelHandler {
 public:
  virtual ~ChannelHandler() = default;
  virtual bool terminal(const Terminal&) = 0;
  virtual void resized(u16 columns, u16 rows) = 0;
  virtual bool shell() = 0;
  virtual bool execute(const std::string& command) = 0;
  virtual bool subsystem(const std::string& name) = 0;
  virtual size_t typed(std::string_view) = 0;  // how much of it was taken; the rest comes again
  virtual void input_ended() = 0;
  virtual void signalled(const std::string& name) = 0;  // without SIG
};

class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  virtual bool password(const std::string& user, const std::string& password) = 0;
  // `proven`: the client has signed with it; else it asks whether it may.
  virtual bool key(const std::string& user, const std::string& key, bool proven) = 0;
  // Null: no more channels.
  virtual ChannelHandler* opened(Channel&) = 0;
};

// Keys by which the server is known. Made once, kept in files of this user alone.
class HostKeys {
 public:
  virtual ~HostKeys() = default;
  static emu::Result<std::unique_ptr<HostKeys>> open(const std::string& folder);
  virtual std::string fingerprint() const = 0;  // SHA256:...
  virtual std::string known_host() const = 0;   // "ssh-ed25519 AAAA..."
};

// A key pair for a client: `file`, and `file`.pub with its public half. Made if it is not there. The public half: "ssh-ed25519 AAAA...".
emu::Result<std::string> key_pair(const std::string& file, const std::string& comment);

class Transport {
 public:
  virtual ~Transport() = default;  // says good-bye
  // Takes the socket, whatever comes of it. On one thread at a time.
  static emu::Result<std::unique_ptr<Transport>> create(HostKeys&, int socket, ConnectionHandler&);
  // Agrees on keys with the client; waits at most `seconds`.
  virtual bool greet(u32 seconds) = 0;
  virtual int socket() const = 0;
  virtual bool wants_to_write() const = 0;  // wait for that on the socket, too
  // Reads and writes what can be, and calls the handler. False: the connection has ended.
  virtual bool proceed() = 0;
  // Takes what a handler had not taken.
  virtual void offer_again() = 0;
  virtual void forget(Channel&) = 0;  // nobody speaks to it any more
};

}  // namespace hmc::ssh
