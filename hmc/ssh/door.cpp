// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/door.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hmc/ssh/inside/wire.h"

namespace hmc::ssh {

namespace {

using emu::Error;
using emu::Result;

constexpr int patience_ms = 100;

// A command in a shell, as a session of the console.
class ShellSession final : public Session {
 public:
  ShellSession(int socket, const Account& account, Door::Files files, const std::atomic<bool>& ending)
      : socket_(socket), account_(account), files_(files), ending_(ending) {}

  void write(std::string_view text) override {
    constexpr size_t piece = 32 * 1024;
    for (; !text.empty() && !gone_; text.remove_prefix(std::min(piece, text.size())))
      if (!wire::send(socket_, wire::Kind::output, text.substr(0, piece))) gone_ = true;
  }
  Result<std::string> read(u64 timeout) override {
    if (ended_) return Error{"closed", "The input has ended."};
    if (!asked_) gone_ = gone_ || !wire::send(socket_, wire::Kind::input, "");
    asked_ = true;
    pollfd waited{socket_, POLLIN, 0};
    if (poll(&waited, 1, static_cast<int>(timeout / 1'000'000)) <= 0) return Error{"timeout", "Nothing was typed."};
    auto record = wire::receive(socket_);
    if (record && record->kind == wire::Kind::typed && !record->body.empty()) return std::move(record->body);
    gone_ = gone_ || !record;
    ended_ = true;
    return Error{"closed", "The input has ended."};
  }
  Result<std::string> file(const std::string& name) const override {
    if (files_ == Door::Files::none) return Error{"file", "There is no shell here that has files"};
    if (!wire::send(socket_, wire::Kind::file, name)) return Error{"file", "The command has gone"};
    auto record = wire::receive(socket_);
    if (record && record->kind == wire::Kind::content) return std::move(record->body);
    return Error{"file", record && record->kind == wire::Kind::no_content ? record->body : "The command has gone"};
  }
  bool cancelled() const override {
    if (gone_ || ending_) return true;
    pollfd waited{socket_, POLLRDHUP, 0};
    return poll(&waited, 1, 0) > 0 && (waited.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
  }
  std::string user() const override { return account_.user; }
  u64 user_made() const override { return account_.made; }
  void raw() override { gone_ = gone_ || !wire::send(socket_, wire::Kind::raw, ""); }

 private:
  const int socket_;
  const Account account_;
  const Door::Files files_;
  const std::atomic<bool>& ending_;
  bool gone_ = false, asked_ = false, ended_ = false;
};

// The descriptor that came with a message; -1: none. Whatever else came is closed.
int received_descriptor(int from) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 4)] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (recvmsg(from, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0) return -1;
  int found = -1;
  for (cmsghdr* each = CMSG_FIRSTHDR(&message); each; each = CMSG_NXTHDR(&message, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(each) + i * sizeof(int), sizeof(int));
      if (found < 0)
        found = descriptor;
      else
        close(descriptor);
    }
  }
  return found;
}

// What came may be any file: only a stream socket is a connection, and one that nobody reads must not hold us up.
bool is_connection(int descriptor) {
  int type = 0;
  socklen_t length = sizeof type;
  if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type != SOCK_STREAM) return false;
  const timeval patience{30, 0};
  return setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
         setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0;
}

}  // namespace

Result<std::unique_ptr<Door>> Door::open(Authority& authority, Account account, Files files) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends) != 0) return Error{"ssh", "no socket"};
  std::unique_ptr<Door> door(new Door(authority, std::move(account), files, ends[0], ends[1]));
  door->thread_ = std::thread([&self = *door] { self.listen(); });
  return door;
}

Door::~Door() {
  ending_ = true;
  shutdown(outside_, SHUT_RDWR);
  thread_.join();
  for (Command& each : commands_) shutdown(each.socket, SHUT_RDWR);
  for (Command& each : commands_) {
    each.thread.join();
    close(each.socket);
  }
  close(outside_);
  close_inside();
}

void Door::close_inside() {
  if (inside_ >= 0) close(inside_);
  inside_ = -1;
}

bool Door::busy() const {
  const std::lock_guard guard(mutex_);
  return std::ranges::any_of(commands_, [](const Command& each) { return !each.done; });
}

void Door::listen() {
  while (!ending_) {
    pollfd waited{outside_, POLLIN, 0};
    if (poll(&waited, 1, patience_ms) <= 0 || ending_) continue;
    const int socket = received_descriptor(outside_);
    sweep();
    if (socket < 0) continue;
    if (commands_.size() < most_commands && is_connection(socket))
      begin(socket);
    else
      close(socket);
  }
}

void Door::sweep() {
  const std::lock_guard guard(mutex_);
  for (auto each = commands_.begin(); each != commands_.end();) {
    if (!each->done) {
      ++each;
      continue;
    }
    each->thread.join();
    close(each->socket);
    each = commands_.erase(each);
  }
}

void Door::begin(int socket) {
  const std::lock_guard guard(mutex_);
  Command& command = commands_.emplace_back();
  command.socket = socket;
  command.thread = std::thread([this, &command] {
    const auto words = wire::receive(command.socket);
    if (words && words->kind == wire::Kind::words) {
      ShellSession session(command.socket, account_, files_, ending_);
      const auto argv = wire::unpack(words->body);
      const int status = argv.empty() ? 1 : authority_.run(argv, session);
      (void)wire::send(command.socket, wire::Kind::exit, std::string(1, static_cast<char>(status)));
    }
    shutdown(command.socket, SHUT_RDWR);
    command.done = true;
  });
}

}  // namespace hmc::ssh
