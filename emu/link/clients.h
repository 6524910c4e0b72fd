// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// A thread for each client of a listener; those whose clients have gone are joined as new ones come. A client that asks nothing for
// `most_idle` nanoseconds is to be dropped by whoever serves it: places are few.

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <thread>

#include "emu/link/channel.h"

namespace emu {

inline constexpr u64 most_idle = 60'000'000'000;

class Clients {
 public:
  // Runs on the client's thread, until the client has gone or `end` is set.
  using Serve = std::function<void(Channel&, const std::atomic<bool>& end)>;

  explicit Clients(Serve serve) : serve_(std::move(serve)) {}
  ~Clients();
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  void add(std::unique_ptr<Channel>);

 private:
  struct Client {
    std::unique_ptr<Channel> channel;
    std::thread thread;
    std::atomic<bool> done{false};
  };
  const Serve serve_;
  std::atomic<bool> end_{false};
  std::list<Client> clients_;
};

}  // namespace emu
