// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/door.h"

#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hmc/ssh/inside/wire.h"
#include "tests/support/catch.h"

using namespace hmc::ssh;

namespace {

class Echo final : public Authority {
 public:
  emu::Result<Login> password_opens(const std::string&, const std::string&) override { return Login{}; }
  emu::Result<Login> key_opens(const std::string&, const std::string&) override { return Login{}; }
  bool may_stay(const Account&) override { return true; }
  void note_login(const std::string&, const std::string&, bool) override {}
  int run(const std::vector<std::string>& argv, hmc::Session& session) override {
    session.write(session.user() + " " + argv[0]);
    while (argv[0] == "wait" && !session.cancelled()) usleep(1000);
    return 7;
  }
};

// What a program in the shell can do with the socket that it has inherited: send a descriptor, whatever it is of.
bool give(int door, int descriptor) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return sendmsg(door, &message, MSG_NOSIGNAL) == 1;
}

// Our end of a command's connection; -1: the door was shut.
int begin(const Door& door, const std::vector<std::string>& words) {
  int ends[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  REQUIRE(give(door.inside(), ends[1]));
  close(ends[1]);
  if (!words.empty()) (void)wire::send(ends[0], wire::Kind::words, wire::pack(words));
  return ends[0];
}

std::string answer_of(int connection) {
  std::string all;
  while (const auto record = wire::receive(connection)) {
    if (record->kind == wire::Kind::exit) return all + " " + std::to_string(record->body[0]);
    all += record->body;
  }
  return all + " gone";
}

}  // namespace

TEST_CASE("a command goes through its shell's door as the shell's user", "[ssh]") {
  Echo console;
  const auto door = std::move(*Door::open(console, {"ann", 7}, Door::Files::of_the_user));
  const int one = begin(*door, {"one", "user=root"}), two = begin(*door, {"two"});
  CHECK(answer_of(two) == "ann two 7");
  CHECK(answer_of(one) == "ann one 7");
  close(one);
  close(two);
}

TEST_CASE("what comes through a door and is no command is let go", "[ssh]") {
  Echo console;
  const auto door = std::move(*Door::open(console, {"ann", 7}, Door::Files::of_the_user));
  for (int i = 0; i < 100; ++i) {
    (void)send(door->inside(), "garbage", 7, MSG_NOSIGNAL);
    const int file = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    CHECK(give(door->inside(), file));
    close(file);
    const int nothing = begin(*door, {});
    (void)send(nothing, "\xFF\xFF\xFF\xFF\xFFnonsense", 13, MSG_NOSIGNAL);
    CHECK(answer_of(nothing) == " gone");
    close(nothing);
  }
  const int well = begin(*door, {"well"});
  CHECK(answer_of(well) == "ann well 7");
  close(well);
}

TEST_CASE("a shell has so many commands at the same time and no more, and all end with it", "[ssh]") {
  Echo console;
  auto door = std::move(*Door::open(console, {"ann", 7}, Door::Files::none));
  std::vector<int> waiting;
  for (size_t i = 0; i < most_commands; ++i) {
    waiting.push_back(begin(*door, {"wait"}));
    REQUIRE(wire::receive(waiting.back()));
  }
  CHECK(door->busy());
  const int too_many = begin(*door, {"one more"});
  CHECK(answer_of(too_many) == " gone");
  close(waiting.back());
  waiting.pop_back();
  door.reset();
  for (const int each : waiting) {
    CHECK(answer_of(each).find("wait") == std::string::npos);
    close(each);
  }
  close(too_many);
}
