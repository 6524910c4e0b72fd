// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/ha/guest_watch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emu/app/hmc_link.h"
#include "emu/core/address.h"
#include "emu/core/secret.h"
#include "emu/link/segment.h"

namespace emu::app::ha {

namespace {

constexpr u64 patience = 600 * millisecond;
constexpr u32 own_host = 6;  // the monitor's address: so many before the network's last one

}  // namespace

GuestWatch::GuestWatch(const NamedLab& lab, std::unique_ptr<hmc::RmcTransport> transport, const std::string& key)
    : lab_(lab), transport_(std::move(transport)), rmc_(transport_.get(), key, clock_, pause_) {}

Result<std::unique_ptr<GuestWatch>> GuestWatch::open(const NamedLab& lab) {
  std::vector<hmc::RmcNetwork> places;
  for (const SegmentConfig& config : lab.lab.segments) {
    const auto network = parse_network(config.network);
    if (!network) continue;
    const auto segment = TRY(Segment::open(segment_file(lab.folders.runtime, config.name)));
    places.push_back({config.name, *network, TRY(Datagrams::create(*segment, "ha", network->base + ~network->mask - own_host))});
  }
  const std::string key = TRY(lab_secret(lab.secret_file()));
  return std::unique_ptr<GuestWatch>(new GuestWatch(lab, hmc::network_transport(std::move(places)), key));
}

// The gateway takes a connection at once, and ends it if the guest does not.
bool GuestWatch::takes_connections(const Package& package) const {
  const auto channel = connect_hmc(lab_.hmc_file());
  const auto forwards =
      channel ? ask_hmc(**channel, hmc_link::ListForwards{}, nanoseconds_per_second) : Result<hmc_link::Forwards>(Error{});
  if (!forwards) return false;
  for (const hmc_link::Forward& each : forwards->forwards) {
    if (each.forward.guest_address != package.address || each.forward.guest_port != package.port) continue;
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection < 0) return false;
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(each.forward.host_port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bool open = ::connect(connection, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
    pollfd ended{connection, POLLIN | POLLRDHUP, 0};
    if (open && poll(&ended, 1, static_cast<int>(patience / 1'000'000)) > 0) {
      char first = 0;
      open = recv(connection, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
    }
    close(connection);
    return open;
  }
  return false;
}

bool GuestWatch::answers(const Package& package) {
  switch (package.watch) {
    case PackageWatch::port:
      return takes_connections(package);
    case PackageWatch::program:
      return static_cast<bool>(rmc_.call(package.address, "program " + package.program, patience));
    case PackageWatch::rmc:
    case PackageWatch::unknown:
      break;
  }
  return static_cast<bool>(rmc_.call(package.address, "hello", patience));
}

}  // namespace emu::app::ha
