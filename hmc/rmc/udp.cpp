// SPDX-License-Identifier: GPL-2.0-or-later
// RMC's datagrams through a socket of this host, for the gateway that leads into the partitions' network.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>

#include "hmc/rmc/rmc.h"

namespace hmc {

using emu::Error;
using emu::Result;

namespace {

struct Socket {
  int descriptor = -1;
  Socket() : descriptor(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}
  ~Socket() {
    if (descriptor >= 0) close(descriptor);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
};

class UdpTransport final : public RmcTransport {
 public:
  explicit UdpTransport(std::function<u16(const std::string&)> port_of) : port_of_(std::move(port_of)) {}

  Result<std::string> exchange(const std::string& ip, const std::string& datagram, u64 timeout) override {
    const Error unreachable{"unreachable", "No network leads to " + ip + "."};
    const u16 port = port_of_(ip);
    if (!port) return unreachable;
    Kept kept = take(ip, datagram, port);
    const Socket& socket = *kept.socket;
    if (socket.descriptor < 0 || send(socket.descriptor, datagram.data(), datagram.size(), 0) < 0) return unreachable;
    pollfd waiting{socket.descriptor, POLLIN, 0};
    const int ready = poll(&waiting, 1, static_cast<int>((timeout + 999'999) / 1'000'000));
    const auto keep = [&] {
      const std::lock_guard guard(mutex_);
      kept_.push_back(std::move(kept));
      if (kept_.size() > most_kept) kept_.pop_front();
    };
    if (ready <= 0) {
      keep();
      return Error{"timeout", "No answer from " + ip + "."};
    }
    std::array<char, 2048> buffer;
    const ssize_t got = recv(socket.descriptor, buffer.data(), buffer.size(), 0);
    keep();
    if (got < 0) return unreachable;  // ICMP port unreachable arrives as an error of the socket
    return std::string(buffer.data(), static_cast<size_t>(got));
  }

 private:
  // A datagram that is repeated must come from the same port: the partition knows a repetition by number, address and port.
  struct Kept {
    std::string ip;
    std::string datagram;
    std::unique_ptr<Socket> socket;
  };
  static constexpr size_t most_kept = 16;

  Kept take(const std::string& ip, const std::string& datagram, u16 port) {
    {
      const std::lock_guard guard(mutex_);
      const auto found =
          std::find_if(kept_.begin(), kept_.end(), [&](const Kept& k) { return k.ip == ip && k.datagram == datagram; });
      if (found != kept_.end()) {
        Kept kept = std::move(*found);
        kept_.erase(found);
        return kept;
      }
    }
    Kept kept{ip, datagram, std::make_unique<Socket>()};
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)!::connect(kept.socket->descriptor, reinterpret_cast<const sockaddr*>(&to), sizeof to);
    return kept;
  }

  std::mutex mutex_;
  std::deque<Kept> kept_;
  std::function<u16(const std::string&)> port_of_;
};

}  // namespace

std::unique_ptr<RmcTransport> udp_transport(std::function<u16(const std::string&)> port_of) {
  return std::make_unique<UdpTransport>(std::move(port_of));
}

}  // namespace hmc
