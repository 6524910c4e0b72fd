// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/child.h"

#include <deque>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "emu/core/descriptor.h"
#include "hmc/ssh/inside/wire.h"
#include "tests/support/catch.h"

using namespace hmc::ssh;
using emu::Descriptor;

namespace {

// Whatever is opened next has at least this number.
std::deque<Descriptor> all_below(int number) {
  std::deque<Descriptor> taken;
  for (Descriptor next(open("/dev/null", O_RDONLY | O_CLOEXEC)); next && next.number() < number;
       next = Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)))
    taken.push_back(std::move(next));
  return taken;
}

std::string all_of(Child& child) {
  std::string text;
  fcntl(child.output(), F_SETFL, 0);
  char bytes[256];
  for (ssize_t got = 0; (got = read(child.output(), bytes, sizeof bytes)) > 0;) text.append(bytes, static_cast<size_t>(got));
  return text;
}

const Start listens = {{"/bin/sh", "-c", "test -S /dev/fd/198 && cat /dev/fd/197"}, "sh", {"word"}};

}  // namespace

TEST_CASE("a program has its words and its door, whatever numbers these have in our process", "[ssh][child]") {
  static_assert(hidden_words == 197 && wire::door == 198);
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const Descriptor ours(ends[0]), theirs(ends[1]);
  SECTION("the words lie in any number around their own") {
    // Eight ends of pipes are opened before them.
    for (int first = hidden_words - 12; first <= wire::door + 1; ++first) {
      const auto taken = all_below(first);
      auto child = Child::start(listens, std::nullopt, theirs.number());
      REQUIRE(child);
      CHECK(all_of(*child) == std::string("word\0", 5));
    }
  }
  SECTION("the door has the number of the words, or its own") {
    for (const int number : {hidden_words, wire::door}) {
      REQUIRE(fcntl(number, F_GETFD) < 0);
      const Descriptor moved(dup3(theirs.number(), number, O_CLOEXEC));
      REQUIRE(moved.number() == number);
      auto child = Child::start(listens, std::nullopt, number);
      REQUIRE(child);
      CHECK(all_of(*child) == std::string("word\0", 5));
    }
  }
}
