// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/clients.h"

namespace emu {

Clients::~Clients() {
  end_ = true;
  {
    const std::lock_guard guard(mutex_);
    for (Client& client : clients_)
      if (client.channel) client.channel->wake();
  }
  for (Client& client : clients_) client.thread.join();
}

void Clients::add(std::unique_ptr<Channel> channel) {
  clients_.remove_if([](Client& client) {
    if (!client.done) return false;
    client.thread.join();
    return true;
  });
  Client& client = clients_.emplace_back();
  client.channel = std::move(channel);
  client.thread = std::thread([this, &client] {
    converse(*client.channel);
    {
      const std::lock_guard guard(mutex_);
      client.channel.reset();
    }
    client.done = true;
  });
}

void Clients::converse(Channel& channel) {
  for (u64 asked_at = clock_.monotonic(); !end_ && clock_.monotonic() - asked_at < most_idle;) {
    const Status served = serve_(channel);
    if (served) asked_at = clock_.monotonic();
    if (!served && served.error().code != "timeout") return;
  }
}

}  // namespace emu
