// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A thread for each client of a listener; those whose clients have gone are joined as new ones come. A client that asks nothing for
// `most_idle` nanoseconds is dropped: places are few.

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>

#include "emu/core/clock.h"
#include "emu/link/channel.h"

namespace emu {

inline constexpr u64 most_idle = 60'000'000'000;
inline constexpr u64 request_patience = most_idle / 6;  // of a thread that waits for its client's next request

class Clients {
 public:
  // Answers one request, on the client's thread. "timeout": nothing was asked for a while, or the channel was woken because all
  // shall end; any other error: the client has gone.
  using Serve = std::function<Status(Channel&)>;

  Clients(Serve serve, const Clock& clock) : serve_(std::move(serve)), clock_(clock) {}
  ~Clients();
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  void add(std::unique_ptr<Channel>);

 private:
  struct Client {
    std::unique_ptr<Channel> channel;  // gone when its thread is done; changed with the lock
    std::thread thread;
    std::atomic<bool> done{false};
  };
  void converse(Channel&);

  const Serve serve_;
  const Clock& clock_;
  std::atomic<bool> end_{false};
  std::mutex mutex_;
  std::list<Client> clients_;
};

}  // namespace emu
