// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/channel.h"

#include "emu/core/clock.h"
#include "tests/support/catch.h"

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace emu;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 second = 1000 * ms;

std::string scratch(const char* name) { return "/dev/shm/twinframe-test-" + std::to_string(getpid()) + "-" + name; }

Bytes pattern(size_t size, u32 seed) {
  Bytes bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<u8>((i * 2654435761u + seed) >> 13);
  return bytes;
}

// A child process that runs `work` and exits with what it returns; killed at the end of the test if need be.
class Child {
 public:
  template <class Work>
  explicit Child(Work&& work) {
    process_ = fork();
    if (process_ == 0) _exit(work());
  }
  ~Child() {
    if (process_ > 0) {
      kill();
      wait();
    }
  }
  void kill() { ::kill(process_, SIGKILL); }
  int wait() {
    int status = 0;
    waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_;
};

u64 elapsed_ms(std::chrono::steady_clock::time_point since) {
  return static_cast<u64>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - since).count());
}

}  // namespace

TEST_CASE("messages of every size pass between two processes, around the end of the ring", "[link][channel]") {
  const std::string path = scratch("sizes");
  Child child([&] {
    auto channel = connect(path, 5 * second);
    if (!channel) return 1;
    for (;;) {
      auto message = (*channel)->receive(10 * second);
      if (!message) return message.error().code == "closed" ? 0 : 2;
      // The last echo may have been read, and the channel closed, before send() looks who is there. An echo that is lost the
      // other side misses.
      if (auto sent = (*channel)->send(*message); !sent) return sent.error().code == "closed" ? 0 : 3;
    }
  });
  {
    auto listener = Listener::create(path);
    REQUIRE(listener);
    auto channel = (*listener)->accept(5 * second);
    REQUIRE(channel);
    u32 seed = 0;
    for (const size_t size : {size_t{0}, size_t{1}, size_t{5}, size_t{262139}, size_t{262140}, size_t{262144}, size_t{1} << 20,
                              size_t{3}, max_message}) {
      for (int repeat = 0; repeat < 5; ++repeat) {
        const Bytes sent = pattern(size, ++seed);
        // A message larger than the ring needs somebody who takes it out meanwhile: the echo is read by another thread.
        Result<Bytes> got = Error{};
        std::thread reader([&] { got = (*channel)->receive(10 * second); });
        CHECK((*channel)->send(sent));
        reader.join();
        REQUIRE(got);
        CHECK(*got == sent);
      }
    }
    CHECK_FALSE((*channel)->send(Bytes(max_message + 1)));
  }
  CHECK(child.wait() == 0);
}

TEST_CASE("many clients at once, each with its own conversation", "[link][channel]") {
  auto listener = Listener::create(scratch("many"));
  REQUIRE(listener);
  std::vector<std::unique_ptr<Channel>> clients, servers;
  for (u32 i = 0; i < most_connections; ++i) {
    auto client = connect(scratch("many"), second);
    REQUIRE(client);
    clients.push_back(std::move(*client));
    auto server = (*listener)->accept(second);
    REQUIRE(server);
    servers.push_back(std::move(*server));
  }
  CHECK(connect(scratch("many"), 0).error().code == "busy");
  CHECK((*listener)->accept(ms).error().code == "timeout");
  for (u8 i = 0; i < most_connections; ++i) REQUIRE(clients[i]->send(Bytes{i}));
  for (u8 i = 0; i < most_connections; ++i) {
    const auto message = servers[i]->receive(second);
    REQUIRE(message);
    CHECK(*message == Bytes{i});
  }
  SECTION("a place is free again when both have left, not before") {
    clients[4].reset();
    CHECK(connect(scratch("many"), 0).error().code == "busy");
    CHECK(servers[4]->receive(second).error().code == "closed");
    servers[4].reset();
    auto again = connect(scratch("many"), 0);
    REQUIRE(again);
    auto server = (*listener)->accept(second);
    REQUIRE(server);
    REQUIRE((*server)->send(Bytes{9}));
    const auto message = (*again)->receive(second);
    REQUIRE(message);
    CHECK(*message == Bytes{9});
  }
}

TEST_CASE("what was sent before the end is still delivered", "[link][channel]") {
  auto listener = Listener::create(scratch("end"));
  REQUIRE(listener);
  auto client = connect(scratch("end"), second);
  REQUIRE(client);
  auto server = (*listener)->accept(second);
  REQUIRE(server);
  REQUIRE((*client)->send(Bytes{1, 2, 3}));
  client->reset();
  CHECK_FALSE((*server)->open());
  const auto message = (*server)->receive(second);
  REQUIRE(message);
  CHECK(*message == Bytes{1, 2, 3});
  CHECK((*server)->receive(second).error().code == "closed");
  CHECK_FALSE((*server)->send(Bytes{1}));
}

TEST_CASE("a peer that is killed is noticed", "[link][channel]") {
  const std::string path = scratch("kill");
  SECTION("the client, by a listener that waits") {
    Child child([&] {
      auto channel = connect(path, 5 * second);
      if (!channel || !(*channel)->send(Bytes{7})) return 1;
      pause();
      return 0;
    });
    auto listener = Listener::create(path);
    REQUIRE(listener);
    auto channel = (*listener)->accept(5 * second);
    REQUIRE(channel);
    REQUIRE((*channel)->receive(5 * second));
    child.kill();
    const auto start = std::chrono::steady_clock::now();
    CHECK((*channel)->receive(5 * second).error().code == "closed");
    CHECK(elapsed_ms(start) < 200);  // about 20; a loaded machine is slower
    // The place it held can be taken by the next.
    channel->reset();
    CHECK(connect(path, 0));
  }
  SECTION("the listener, by a client that waits; then its file is replaced") {
    {
      Child child([&] {
        auto listener = Listener::create(path);
        if (!listener) return 1;
        auto channel = (*listener)->accept(5 * second);
        if (!channel || !(*channel)->send(Bytes{7})) return 2;
        pause();
        return 0;
      });
      auto channel = connect(path, 5 * second);
      REQUIRE(channel);
      REQUIRE((*channel)->receive(5 * second));
      CHECK(Listener::create(path).error().code == "taken");
      child.kill();
      const auto start = std::chrono::steady_clock::now();
      CHECK((*channel)->receive(5 * second).error().code == "closed");
      CHECK(elapsed_ms(start) < 200);
    }
    CHECK(connect(path, ms).error().code == "absent");
    auto listener = Listener::create(path);
    REQUIRE(listener);
    CHECK(connect(path, 0));
  }
  CHECK(connect(path, 0).error().code == "absent");  // the file went with its listener
}

TEST_CASE("a sender that waits for room sees the end of its peer", "[link][channel]") {
  auto listener = Listener::create(scratch("room"));
  REQUIRE(listener);
  auto client = connect(scratch("room"), second);
  REQUIRE(client);
  auto server = (*listener)->accept(second);
  REQUIRE(server);
  std::thread closer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    client->reset();
  });
  CHECK_FALSE((*server)->send(Bytes(max_message)));
  closer.join();
}

TEST_CASE("who waits at a channel or a listener can be woken, before it waits or while it does", "[link][channel]") {
  const std::string path = scratch("wake");
  auto listener = Listener::create(path);
  REQUIRE(listener);
  auto client = connect(path, second);
  REQUIRE(client);
  auto server = (*listener)->accept(second);
  REQUIRE(server);
  for (const u64 pause : {u64{0}, 20 * ms}) {
    const auto woken = [&](auto& whom) {
      return std::thread([&whom, pause] {
        std::this_thread::sleep_for(std::chrono::nanoseconds(pause));
        whom.wake();
      });
    };
    const HostClock clock;
    const u64 began = clock.monotonic();
    std::thread first = woken(**server);
    CHECK((*server)->receive(600 * second).error().code == "timeout");
    first.join();
    std::thread another = woken(**listener);
    CHECK((*listener)->accept(600 * second).error().code == "timeout");
    another.join();
    CHECK(clock.monotonic() - began < 60 * second);
  }
  // Once, and not instead of what is there.
  (*server)->wake();
  REQUIRE((*client)->send(Bytes{1}));
  CHECK((*server)->receive(second));
  CHECK((*server)->receive(600 * second).error().code == "timeout");
  REQUIRE((*client)->send(Bytes{2}));
  CHECK((*server)->receive(second));
}

TEST_CASE("whatever lies in the shared memory, nothing crashes", "[link][channel]") {
  const std::string path = scratch("hostile");
  auto listener = Listener::create(path);
  REQUIRE(listener);
  auto client = connect(path, second);
  REQUIRE(client);
  auto server = (*listener)->accept(second);
  REQUIRE(server);
  REQUIRE((*client)->send(Bytes{1}));

  std::fstream shared(path, std::ios::in | std::ios::out | std::ios::binary);
  const auto scribble = [&](size_t at, size_t length, u32 seed) {
    const Bytes garbage = pattern(length, seed);
    shared.seekp(static_cast<std::streamoff>(at));
    shared.write(reinterpret_cast<const char*>(garbage.data()), static_cast<std::streamsize>(length));
    shared.flush();
  };
  // The first slot's ring towards the server: both counters, and what is in it.
  const u32 seed = GENERATE(1u, 2u, 3u, 4u);
  SECTION("the writer's counter") { scribble(192, 4, seed); }
  SECTION("the reader's counter") { scribble(256, 4, seed); }
  SECTION("both, and the content") {
    scribble(192, 4, seed);
    scribble(256, 4, seed + 1);
    scribble(576, 200'000, seed + 2);
  }
  SECTION("the slot's state") { scribble(128, 16, seed); }
  for (int i = 0; i < 20; ++i) {
    const auto message = (*server)->receive(5 * ms);
    if (!message && message.error().code == "closed") break;
  }
  (void)(*client)->open();
  (void)connect(path, 0);
}

TEST_CASE("a file of another build, or of nobody, is not connected to", "[link][channel]") {
  const std::string path = scratch("foreign");
  CHECK(connect(path, 0).error().code == "absent");
  std::ofstream(path) << "something else";
  CHECK(connect(path, 0).error().code == "absent");
  auto listener = Listener::create(path);  // nobody holds it: replaced
  CHECK(listener);
}
