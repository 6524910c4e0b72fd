// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/mover_link.h"

#include "tests/support/catch.h"

#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace emu;

namespace {

constexpr u64 ms = 1'000'000;
constexpr u64 second = 1000 * ms;
std::string scratch(const char* name) { return "/dev/shm/twinframe-test-" + std::to_string(getpid()) + "-" + name; }

u8* buffer(MoverLink& link, u32 index) { return link.buffers().data() + u64{index} * mover_buffer_bytes; }

std::optional<MoverLink::Descriptor> receive_within(MoverLink& link, u64 nanoseconds) {
  for (u64 waited = 0; waited < nanoseconds; waited += ms) {
    if (auto d = link.receive()) return d;
    link.wait(ms);
  }
  return std::nullopt;
}

struct Pair {
  std::unique_ptr<MoverLink> target;
  std::unique_ptr<MoverLink> source;
};

Pair make_pair(const char* name) {
  auto target = MoverLink::listen(scratch(name));
  REQUIRE(target);
  CHECK_FALSE((*target)->connected());
  auto source = MoverLink::connect(scratch(name), second);
  REQUIRE(source);
  CHECK((*target)->connected());
  CHECK((*target)->up());
  CHECK((*source)->up());
  return {std::move(*target), std::move(*source)};
}

}  // namespace

TEST_CASE("buffers travel between two processes and come back", "[link][mover_link]") {
  const std::string path = scratch("travel");
  const pid_t child = fork();
  if (child == 0) {
    auto source = MoverLink::connect(path, 5 * second);
    if (!source) _exit(1);
    MoverLink& link = **source;
    u32 sent = 0;
    for (int idle = 0; sent < 1000 && idle < 5000;) {
      const auto index = link.take_free();
      if (!index) {
        link.wait(ms);
        ++idle;
        continue;
      }
      std::memset(buffer(link, *index), static_cast<int>(sent % 251), 4096);
      while (!link.send({*index, 0, 4096, sent % 10 == 9})) link.wait(ms);
      ++sent;
    }
    // Everything must have come back before the end.
    u32 home = 0;
    for (int idle = 0; home < mover_buffers_down && idle < 5000; ++idle) {
      if (link.take_free())
        ++home;
      else
        link.wait(ms);
    }
    _exit(home == mover_buffers_down ? 0 : 2);
  }
  auto target = MoverLink::listen(path);
  REQUIRE(target);
  u32 normal = 0, urgent = 0;
  u64 sum = 0, expected = 0;
  for (u32 i = 0; i < 1000; ++i) expected += i % 251;
  while (normal + urgent < 1000) {
    const auto d = receive_within(**target, 5 * second);
    REQUIRE(d);
    const u8* from = buffer(**target, d->index) + d->offset;
    CHECK(from[0] == from[d->length - 1]);
    sum += from[0];
    ++(d->urgent ? urgent : normal);
    (*target)->give_back(d->index);
  }
  CHECK(urgent == 100);
  CHECK(sum == expected);
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("an urgent buffer overtakes the others", "[link][mover_link]") {
  Pair pair = make_pair("urgent");
  for (u32 i = 0; i < 3; ++i) {
    const auto index = pair.source->take_free();
    REQUIRE(index);
    REQUIRE(pair.source->send({*index, 0, i + 1, i == 2}));
  }
  CHECK(pair.target->receive()->length == 3);
  CHECK(pair.target->receive()->length == 1);
  CHECK(pair.target->receive()->length == 2);
  CHECK_FALSE(pair.target->receive());
}

TEST_CASE("a cut link carries nothing until it is restored, and loses nothing", "[link][mover_link]") {
  Pair pair = make_pair("cut");
  const auto first = pair.source->take_free();
  const auto second_buffer = pair.source->take_free();
  REQUIRE(pair.source->send({*first, 0, 1, false}));
  pair.target->cut(true);
  CHECK_FALSE(pair.source->up());
  CHECK_FALSE(pair.target->up());
  CHECK(pair.source->peer_alive());
  CHECK_FALSE(pair.source->send({*second_buffer, 0, 2, false}));
  CHECK_FALSE(pair.target->receive());
  pair.target->cut(false);
  CHECK(pair.source->up());
  CHECK(pair.source->send({*second_buffer, 0, 2, false}));
  CHECK(pair.target->receive()->length == 1);
  CHECK(pair.target->receive()->length == 2);
}

TEST_CASE("a limited link keeps its rate", "[link][mover_link]") {
  Pair pair = make_pair("rate");
  pair.source->limit_rate(20 * 1000 * 1000);
  const auto start = std::chrono::steady_clock::now();
  u64 sent = 0;
  while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(100)) {
    if (const auto index = pair.source->take_free()) {
      while (!pair.source->send({*index, 0, 65536, false})) pair.source->wait(ms);
      sent += 65536;
    }
    while (const auto d = pair.target->receive()) pair.target->give_back(d->index);
  }
  CHECK(sent > 500'000);
  CHECK(sent < 4'000'000);
}

TEST_CASE("a mover that is killed is noticed, and its link is not used again", "[link][mover_link]") {
  const std::string path = scratch("dies");
  const pid_t child = fork();
  if (child == 0) {
    auto target = MoverLink::listen(path);
    pause();
    _exit(0);
  }
  auto source = MoverLink::connect(path, 5 * second);
  REQUIRE(source);
  CHECK((*source)->up());
  CHECK(MoverLink::connect(path, 0).error().code == "busy");
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  const auto start = std::chrono::steady_clock::now();
  while ((*source)->up()) (*source)->wait(ms);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::milliseconds(100));
  source->reset();
  CHECK(MoverLink::connect(path, ms).error().code == "absent");
  auto again = MoverLink::listen(path);
  REQUIRE(again);
  CHECK(MoverLink::connect(path, ms));
}

TEST_CASE("the buffers lie where the mover wants them, and the place stays reserved", "[link][mover_link]") {
  void* reserved = mmap(nullptr, mover_link_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  REQUIRE(reserved != MAP_FAILED);
  auto* window = static_cast<u8*>(reserved);
  {
    auto target = MoverLink::listen(scratch("place"), window);
    REQUIRE(target);
    CHECK((*target)->buffers().data() == window);
    auto source = MoverLink::connect(scratch("place"), second);
    REQUIRE(source);
    (*source)->buffers()[5] = 77;
    CHECK(window[5] == 77);
  }
  CHECK(window[5] == 0);  // still mapped, and nobody's
  munmap(reserved, mover_link_bytes);
}

TEST_CASE("a hostile mover's descriptors are dropped", "[link][mover_link]") {
  Pair pair = make_pair("hostile");
  CHECK_FALSE(pair.source->send({mover_buffers_down, 0, 1, false}));  // not its own
  CHECK_FALSE(pair.source->send({~0u, 0, 1, false}));
  pair.target->give_back(mover_buffers_down + 3);  // not the peer's
  for (u32 i = 0; i < mover_buffers_down; ++i) CHECK(pair.source->take_free());
  CHECK_FALSE(pair.source->take_free());
}
