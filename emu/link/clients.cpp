// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/clients.h"

namespace emu {

Clients::~Clients() {
  end_ = true;
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
    serve_(*client.channel, end_);
    client.channel.reset();
    client.done = true;
  });
}

}  // namespace emu
