// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/clients.h"

#include <atomic>
#include <thread>

#include <unistd.h>

#include "tests/support/catch.h"

using namespace emu;

namespace {

constexpr u64 second = nanoseconds_per_second;

class SetClock final : public Clock {
 public:
  u64 monotonic() const override { return now; }
  u64 wall() const override { return now; }
  std::atomic<u64> now{second};
};

// A client, and the one who serves it.
struct Pair {
  Pair(Listener& listener, const std::string& path, const Clock& clock)
      : clients([this](Channel& from) { return serve(from); }, clock), channel(std::move(*connect(path, second))) {
    clients.add(std::move(*listener.accept(second)));
    look();
  }
  Status serve(Channel& from) {
    const auto asked = from.receive(second / 1000);
    if (asked) return from.send(*asked);
    ++rounds;
    return asked.error();
  }
  bool asks() {
    const bool answered = channel->send(Bytes{1}) && channel->receive(second);
    look();
    return answered;
  }
  // What was asked is done with.
  void look() {
    for (const u64 before = rounds; rounds < before + 2;) std::this_thread::yield();
  }
  std::atomic<u64> rounds{0};
  Clients clients;
  std::unique_ptr<Channel> channel;
};

}  // namespace

TEST_CASE("a client that asks nothing for a minute is dropped, and one that asks is not", "[link]") {
  const std::string path = "/dev/shm/twinframe-test-" + std::to_string(getpid()) + "-clients";
  SetClock clock;
  const auto listener = std::move(*Listener::create(path));
  Pair idle(*listener, path, clock);
  Pair busy(*listener, path, clock);
  CHECK(idle.asks());
  CHECK(busy.asks());
  clock.now += most_idle - 1;
  idle.look();
  CHECK(idle.asks());
  CHECK(busy.asks());
  clock.now += most_idle - 1;
  CHECK(busy.asks());
  clock.now += 1;
  CHECK(idle.channel->receive(10 * second).error().code == "closed");
  CHECK(busy.asks());
}

TEST_CASE("those who wait for a client's next request do not hold up the end", "[link]") {
  const std::string path = "/dev/shm/twinframe-test-" + std::to_string(getpid()) + "-clients-end";
  const HostClock clock;
  const auto listener = std::move(*Listener::create(path));
  std::vector<std::unique_ptr<Channel>> channels;
  std::atomic<int> waiting{0};
  auto clients = std::make_unique<Clients>(
      [&](Channel& from) -> Status {
        ++waiting;
        return from.receive(most_idle).error();
      },
      clock);
  for (int i = 0; i < 3; ++i) {
    channels.push_back(std::move(*connect(path, second)));
    clients->add(std::move(*listener->accept(second)));
  }
  channels.front().reset();  // and one has gone by itself
  while (waiting < 3) std::this_thread::yield();
  const u64 began = clock.monotonic();
  clients.reset();
  CHECK(clock.monotonic() - began < 5 * second);
}
