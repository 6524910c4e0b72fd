// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/server.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <mutex>
#include <thread>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emu/core/log.h"
#include "hmc/ssh/connection.h"

namespace hmc::ssh {

namespace {

using emu::Error;
using emu::Result;

constexpr emu::Log log_ssh("ssh");
constexpr int wait_ms = 100;
constexpr int backlog = 512;

Result<int> listen_at(const std::string& address, u16 port) {
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  if (inet_pton(AF_INET, address.c_str(), &at.sin_addr) != 1 || !address.starts_with("127."))
    return Error{"ssh", fmt::format("{} is no address of this host alone (127.x.y.z)", address)};
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (listener >= 0 && bind(listener, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0 && listen(listener, backlog) == 0)
    return listener;
  const int why = errno;
  if (listener >= 0) close(listener);
  return Error{why == EADDRINUSE ? "taken"
               : why == EACCES   ? "rights"
                                 : "ssh",
               fmt::format("{}:{} cannot be listened at: {}", address, port, std::strerror(why))};
}

class TcpServer final : public Server {
 public:
  TcpServer(ServerOptions options, HostKeys& keys, Authority& authority, int listener, u16 port)
      : options_(std::move(options)), keys_(keys), authority_(authority), listener_(listener), port_(port) {
    thread_ = std::thread([this] { serve(); });
  }
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;
  ~TcpServer() override {
    ending_ = true;
    thread_.join();
    for (Client& client : clients_) client.connection.abort();
    for (Client& client : clients_) client.thread.join();
    close(listener_);
  }
  u16 port() const override { return port_; }
  const std::string& address() const override { return options_.address; }

 private:
  struct Client {
    Client(const ServerOptions& options, Authority& authority, std::string from, const std::atomic<bool>& ending)
        : connection(options, authority, std::move(from), ending) {}
    Connection connection;
    std::atomic<bool> done{false};
    bool dropped = false;
    std::thread thread;
  };

  void serve() {
    while (!ending_) {
      pollfd waited{listener_, POLLIN, 0};
      poll(&waited, 1, wait_ms);
      sweep();
      for (;;) {
        sockaddr_in from{};
        socklen_t length = sizeof from;
        const int socket = accept4(listener_, reinterpret_cast<sockaddr*>(&from), &length, SOCK_CLOEXEC);
        if (socket < 0) break;
        char text[INET_ADDRSTRLEN] = "";
        inet_ntop(AF_INET, &from.sin_addr, text, sizeof text);
        take(socket, text);
      }
    }
  }

  void take(int socket, const std::string& from) {
    make_room();
    const auto users = std::ranges::count_if(clients_, [](const Client& each) { return each.connection.logged_in(); });
    if (static_cast<size_t>(users) >= options_.limits.connections) {
      close(socket);
      return;
    }
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    Client& client = clients_.emplace_back(options_, authority_, from, ending_);
    client.connection.belongs_to(socket);
    auto transport = Transport::create(keys_, socket, client.connection.handler());
    if (!transport) {
      clients_.pop_back();
      return;
    }
    client.thread = std::thread([&client, made = std::move(*transport)]() mutable {
      client.connection.run(std::move(made));
      client.done = true;
    });
  }

  // Strangers must not keep others out: of those who have not logged in, the one that has waited longest goes.
  void make_room() {
    const auto waits = [](const Client& each) { return !each.dropped && !each.done && !each.connection.logged_in(); };
    if (static_cast<size_t>(std::ranges::count_if(clients_, waits)) < options_.limits.unauthenticated) return;
    const auto oldest = std::ranges::find_if(clients_, waits);
    oldest->dropped = true;
    oldest->connection.abort();
  }

  void sweep() {
    for (auto each = clients_.begin(); each != clients_.end();) {
      if (!each->done) {
        ++each;
        continue;
      }
      each->thread.join();
      each = clients_.erase(each);
    }
  }

  const ServerOptions options_;
  HostKeys& keys_;
  Authority& authority_;
  const int listener_;
  const u16 port_;
  std::atomic<bool> ending_{false};
  std::list<Client> clients_;  // of the thread; oldest first
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::create(ServerOptions options, HostKeys& keys, Authority& authority) {
  auto listener = listen_at(options.address, options.port);
  if (!listener && listener.error().code == "rights") listener = listen_at(options.address, 0);
  if (!listener) return listener.error();
  sockaddr_in at{};
  socklen_t length = sizeof at;
  getsockname(*listener, reinterpret_cast<sockaddr*>(&at), &length);
  return std::unique_ptr<Server>(new TcpServer(std::move(options), keys, authority, *listener, ntohs(at.sin_port)));
}

}  // namespace hmc::ssh
