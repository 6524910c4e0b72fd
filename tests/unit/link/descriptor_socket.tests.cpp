// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/link/descriptor_socket.h"

#include "tests/support/catch.h"

#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace emu;

namespace {

std::string scratch(const std::string& name) { return "/dev/shm/twinframe-test-" + std::to_string(getpid()) + "-" + name; }

}  // namespace

TEST_CASE("a segment is handed over, and the giver hears that it is not needed any more", "[link]") {
  const DescriptorSocket place(scratch("handed"), 7);
  auto taker = std::move(*place.taker());
  CHECK_FALSE(taker->take());
  const auto giver = place.giver();
  auto segment = std::move(*MemorySegment::create(2 * MiB));
  segment->data()[100] = 9;
  REQUIRE(giver->offer(*segment));
  CHECK(giver->taker() == SegmentGiver::Taker::busy);
  auto brought = taker->take();
  REQUIRE(brought);
  CHECK((fcntl(brought->number(), F_GETFD) & FD_CLOEXEC) != 0);
  segment.reset();
  const auto adopted = std::move(*MemorySegment::adopt(std::move(*brought), 2 * MiB));
  CHECK(adopted->data()[100] == 9);
  CHECK(giver->taker() == SegmentGiver::Taker::busy);
  taker->done();
  CHECK(giver->taker() == SegmentGiver::Taker::done);
}

TEST_CASE("a taker that is gone before it was done is noticed", "[link]") {
  const DescriptorSocket place(scratch("gone"), 7);
  auto taker = std::move(*place.taker());
  const auto giver = place.giver();
  const auto segment = std::move(*MemorySegment::create(2 * MiB));
  REQUIRE(giver->offer(*segment));
  SECTION("before it took anything") {}
  SECTION("afterwards") { REQUIRE(taker->take()); }
  taker.reset();
  CHECK(giver->taker() == SegmentGiver::Taker::gone);
  CHECK_FALSE(std::filesystem::exists(scratch("gone")));
}

TEST_CASE("a giver of another stream brings nothing, and a giver without a taker is told so", "[link]") {
  const auto segment = std::move(*MemorySegment::create(2 * MiB));
  const auto taker = std::move(*DescriptorSocket(scratch("stream"), 7).taker());
  REQUIRE(DescriptorSocket(scratch("stream"), 8).giver()->offer(*segment));
  CHECK_FALSE(taker->take());
  const auto refused = DescriptorSocket(scratch("nobody"), 7).giver()->offer(*segment);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == "link");
}

TEST_CASE("sockets of dead processes go, those of living ones stay", "[link]") {
  const std::string folder = scratch("sockets");
  std::filesystem::create_directories(folder);
  const std::string dead = folder + "/move-1.memory", living = folder + "/move-2.memory";
  if (const pid_t child = fork(); child == 0) {
    const auto taker = DescriptorSocket(dead, 1).taker();
    kill(getpid(), SIGKILL);
  } else {
    waitpid(child, nullptr, 0);
  }
  CHECK(std::filesystem::exists(dead));
  const auto taker = std::move(*DescriptorSocket(living, 2).taker());
  CHECK_FALSE(std::filesystem::exists(dead));
  for (int i = 0; i < 20; ++i) remove_dead_sockets(folder);
  CHECK(std::filesystem::exists(living));
  const auto segment = std::move(*MemorySegment::create(2 * MiB));
  REQUIRE(DescriptorSocket(living, 2).giver()->offer(*segment));
  CHECK(taker->take());
  std::filesystem::remove_all(folder);
}

TEST_CASE("the socket is its user's alone, and a name that a dead process has left is taken over", "[link]") {
  // Longer than a socket's address may be.
  const std::string folder = scratch(std::string(120, 'f'));
  std::filesystem::create_directory(folder);
  const DescriptorSocket place(folder + "/memory", 7);
  const pid_t child = fork();
  if (child == 0) {
    const auto left = place.taker();
    kill(getpid(), SIGKILL);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(std::filesystem::exists(folder + "/memory"));
  auto taker = place.taker();
  REQUIRE(taker);
  struct stat is {};
  REQUIRE(stat((folder + "/memory").c_str(), &is) == 0);
  CHECK((is.st_mode & 0777) == 0600);
  const auto segment = std::move(*MemorySegment::create(2 * MiB));
  REQUIRE(place.giver()->offer(*segment));
  CHECK((*taker)->take());
  std::filesystem::remove_all(folder);
}
