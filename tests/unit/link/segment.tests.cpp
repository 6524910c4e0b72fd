// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/segment.h"

#include "emu/core/address.h"
#include "emu/core/clock.h"
#include "emu/link/datagrams.h"
#include "emu/link/gateway.h"
#include "emu/link/network_probe.h"
#include "emu/link/packet.h"
#include "tests/support/catch.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace emu;

namespace {

constexpr u64 second = nanoseconds_per_second;

struct Wire {
  Wire() {
    std::string name = (std::filesystem::temp_directory_path() / "twinframe-segment-XXXXXX").string();
    folder = mkdtemp(name.data());
    path = segment_file(folder, "lan0");
    segment = std::move(*Segment::open(path));
  }
  ~Wire() { std::filesystem::remove_all(folder); }
  std::unique_ptr<Port> plug(const std::string& name) { return std::move(*segment->plug(name)); }
  std::string folder;
  std::string path;
  std::unique_ptr<Segment> segment;
};

Bytes packet_of(const packet::Mac& to, const packet::Mac& from, size_t bytes = 60, u8 fill = 0) {
  Bytes packet(bytes, fill);
  std::copy(to.begin(), to.end(), packet.begin());
  std::copy(from.begin(), from.end(), packet.begin() + 6);
  return packet;
}

const packet::Mac mac_a = packet::mac_of("a"), mac_b = packet::mac_of("b"), mac_c = packet::mac_of("c");

// An end that answers for an address, on a thread of its own, until it is told to end.
class Answerer {
 public:
  Answerer(std::unique_ptr<Port> port, u32 address) : port_(std::move(port)), address_(address), thread_([this] { run(); }) {}
  ~Answerer() {
    end_ = true;
    thread_.join();
  }

 private:
  void run() {
    while (!end_) {
      const auto packet = port_->receive(second / 50);
      if (!packet) continue;
      if (const auto arp = packet::parse_arp(*packet); arp && arp->target == address_) {
        port_->send(packet::make_arp(arp->sender_mac, {2, mac_b, address_, arp->sender_mac, arp->sender}));
      } else if (auto got = packet::parse_packet(*packet); got && got->route.to == address_) {
        if (got->echo)
          port_->send(
              packet::make_echo(packet::back(got->route), {true, got->echo->identifier, got->echo->sequence, got->echo->data}));
        if (got->datagram)
          port_->send(packet::make_datagram(packet::back(got->route),
                                            {got->datagram->from_port, got->datagram->to_port, got->datagram->data}));
      }
    }
  }
  std::unique_ptr<Port> port_;
  u32 address_;
  std::atomic<bool> end_{false};
  std::thread thread_;
};

}  // namespace

TEST_CASE("a segment floods what it does not know, and learns", "[link][segment]") {
  Wire wire;
  const auto a = wire.plug("a"), b = wire.plug("b"), c = wire.plug("c");
  CHECK(wire.segment->ports().size() == 3);
  CHECK(wire.segment->ports()[1].name == "b");
  CHECK(a->send(packet_of(packet::broadcast, mac_a)));
  CHECK(b->receive(0));
  CHECK(c->receive(0));
  CHECK_FALSE(a->receive(0));
  CHECK(b->send(packet_of(mac_a, mac_b)));  // known by now
  CHECK(a->receive(0));
  CHECK_FALSE(c->receive(0));
  CHECK(a->send(packet_of(mac_c, mac_a)));  // never heard of
  CHECK(b->receive(0));
  CHECK(c->receive(0));
  CHECK(c->send(packet_of(packet::broadcast, mac_a)));  // it has moved
  while (a->receive(0)) {
  }
  CHECK(b->receive(0));
  CHECK(b->send(packet_of(mac_a, mac_b)));
  CHECK(c->receive(0));
  CHECK_FALSE(a->receive(0));
}

TEST_CASE("packets of all lengths, in order, until there is no room", "[link][segment]") {
  Wire wire;
  const auto a = wire.plug("a"), b = wire.plug("b");
  CHECK_FALSE(a->send(Bytes(13)));
  CHECK_FALSE(a->send(Bytes(packet::largest_packet + 1)));
  for (size_t bytes = packet::header_size; bytes <= packet::largest_packet; bytes += 4099) {
    const Bytes packet = packet_of(packet::broadcast, mac_a, bytes, static_cast<u8>(bytes));
    REQUIRE(a->send(packet));
    REQUIRE(b->receive(0) == packet);
  }
  int sent = 0;
  while (a->send(packet_of(packet::broadcast, mac_a, 1514, static_cast<u8>(sent)))) ++sent;
  CHECK(sent > 100);
  for (int i = 0; i < sent; ++i) REQUIRE((*b->receive(0))[100] == static_cast<u8>(i));
  CHECK_FALSE(b->receive(0));
}

TEST_CASE("a port of somebody who was killed is free again, and empty", "[link][segment]") {
  Wire wire;
  const auto a = wire.plug("a");
  int ready[2];
  REQUIRE(pipe(ready) == 0);
  const pid_t child = fork();
  if (child == 0) {
    auto segment = Segment::open(wire.path);
    auto port = (*segment)->plug("child");
    (*port)->send(packet_of(packet::broadcast, mac_b, 60, 7));
    if (write(ready[1], "y", 1) != 1) _exit(1);
    for (;;) pause();
  }
  char ok;
  REQUIRE(read(ready[0], &ok, 1) == 1);
  REQUIRE(a->wait(second));
  CHECK((*a->receive(0))[20] == 7);  // across processes
  CHECK(a->send(packet_of(mac_b, mac_a)));
  CHECK(wire.segment->ports().size() == 2);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ready[0]);
  close(ready[1]);
  CHECK(wire.segment->ports().size() == 1);
  const auto b = wire.plug("b");
  CHECK(b->number() == 1);
  CHECK_FALSE(b->receive(0));
  CHECK(a->send(packet_of(mac_b, mac_a)));  // what was learned of the dead one is void: flooded
  CHECK(b->receive(0));
  for (unsigned i = 2; i < segment_ports; ++i) {
    static std::vector<std::unique_ptr<Port>> kept;
    kept.push_back(wire.plug("more"));
    if (i + 1 == segment_ports) {
      CHECK_FALSE(wire.segment->plug("too many"));
      kept.clear();
    }
  }
}

TEST_CASE("many senders at once disturb neither each other nor the order of packets", "[link][segment]") {
  Wire wire;
  const auto receiver = wire.plug("receiver");
  constexpr int senders = 4, packets = 3000;
  std::vector<std::thread> threads;
  for (int s = 0; s < senders; ++s)
    threads.emplace_back([&, s] {
      const auto port = wire.plug("sender");
      for (int i = 0; i < packets; ++i) {
        Bytes packet = packet_of(packet::broadcast, packet::mac_of(std::to_string(s)), 100);
        store_be(&packet[20], static_cast<u32>(s));
        store_be(&packet[24], static_cast<u32>(i));
        port->send(packet);
      }
    });
  std::array<u32, senders> last{};
  int got = 0;
  bool in_order = true;
  const auto take = [&](const Bytes& packet) {
    ++got;
    if (packet.size() != 100) return;
    u32& previous = last.at(load_be<u32>(&packet[20]));
    in_order = in_order && load_be<u32>(&packet[24]) >= previous;
    previous = load_be<u32>(&packet[24]);
  };
  // Senders hear each other as well, and do not listen: their own queues fill up, which disturbs nobody.
  while (const auto packet = receiver->receive(second / 2)) take(*packet);
  for (std::thread& thread : threads) thread.join();
  while (const auto packet = receiver->receive(0)) take(*packet);
  CHECK(in_order);
  CHECK(got >= 2000);  // a queue holds some 2500 of these
}

TEST_CASE("a port can be woken, and its doorman ends at once", "[link][segment]") {
  Wire wire;
  const auto port = wire.plug("sleeper");
  port->wake();
  CHECK(port->wait(600 * second));
  CHECK_FALSE(port->wait(0));
  std::thread other([&] { port->wake(); });
  CHECK(port->wait(600 * second));
  other.join();
  const HostClock clock;
  const u64 began = clock.monotonic();
  for (int i = 0; i < 20; ++i) Doorman doorman(*port, [] {});
  CHECK(clock.monotonic() - began < 10 * second);
}

TEST_CASE("packets are what they say, or nothing", "[link][packet]") {
  const packet::Route route{mac_a, mac_b, *parse_address("10.0.2.15"), *parse_address("10.0.2.2")};
  const Bytes echo = packet::make_echo(route, {false, 3, 4, {1, 2, 3}});
  const Bytes datagram = packet::make_datagram(route, {657, 1000, {'h', 'i'}});
  CHECK(packet::parse_packet(echo)->echo->data == Bytes{1, 2, 3});
  CHECK(packet::parse_packet(datagram)->datagram->to_port == 657);
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    Bytes packet = i % 2 ? echo : datagram;
    packet[random() % packet.size()] ^= static_cast<u8>(random());
    packet.resize(random() % (packet.size() + 20));
    packet::parse_packet(packet);
    packet::parse_arp(packet);
  }
}

TEST_CASE("a probe pings, exchanges datagrams, and counts what is lost", "[link][probe]") {
  Wire wire;
  HostClock clock;
  auto probe = std::move(*NetworkProbe::create(*wire.segment, "10.0.2.250", clock));
  {
    Answerer there(wire.plug("there"), *parse_address("10.0.2.15"));
    for (int i = 0; i < 5; ++i) REQUIRE(probe->ping("10.0.2.15", 10 * second));
    const Bytes hello{'h', 'e', 'l', 'l', 'o'};
    CHECK(*probe->exchange("10.0.2.15", 657, hello, 10 * second) == hello);
    CHECK(probe->ping("10.0.2.99", second / 20).error().code == "timeout");
  }
  CHECK(probe->ping("10.0.2.15", second / 20).error().code == "timeout");
  CHECK(probe->pings().sent == 7);
  CHECK(probe->pings().lost == 2);
}

TEST_CASE("several threads ask over one place on the network, and each gets its answer", "[link][datagrams]") {
  Wire wire;
  const Answerer there(wire.plug("there"), *parse_address("10.0.2.15"));
  const auto place = Datagrams::create(*wire.segment, "hmc", *parse_address("10.0.2.4"));
  REQUIRE(place);
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (u16 i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      const Bytes question{static_cast<u8>(i), 1, 2, 3};
      for (int round = 0; round < 20; ++round) {
        const auto answer =
            (*place)->exchange(*parse_address("10.0.2.15"), 657, static_cast<u16>(0xC000 + i), question, 10 * second);
        if (answer && *answer == question) ++right;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 80);
  CHECK((*place)->ping(*parse_address("10.0.2.15"), 10 * second));
  CHECK((*place)->ping(*parse_address("10.0.2.99"), second / 20).error().code == "timeout");
  CHECK((*place)->exchange(*parse_address("10.0.2.99"), 657, 0xC000, Bytes{1}, second / 20).error().code == "timeout");
}

TEST_CASE("the gateway leads from the host's loopback to a guest's port", "[link][gateway]") {
  Wire wire;
  HostClock clock;
  SegmentConfig config;
  config.forwards.push_back({"udp", 0, "10.0.2.15", 657});
  auto gateway = Gateway::create(config, *wire.segment, clock);
  REQUIRE(gateway);
  REQUIRE((*gateway)->forwards().size() == 1);
  CHECK((*gateway)->forward({"sctp", 0, "10.0.2.15", 1}).error().code == "gateway");
  const u16 port = (*gateway)->forwards()[0].host_port;
  CHECK(port != 0);
  auto probe = std::move(*NetworkProbe::create(*wire.segment, "10.0.2.250", clock));
  CHECK(probe->ping("10.0.2.2", 10 * second));

  Answerer guest(wire.plug("guest"), *parse_address("10.0.2.15"));
  const int client = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval patience{10, 0};
  setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  REQUIRE(connect(client, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  REQUIRE(send(client, "ping", 4, 0) == 4);
  char answer[8] = {};
  CHECK(recv(client, answer, sizeof answer, 0) == 4);
  CHECK(std::string(answer) == "ping");
  close(client);
}
