// SPDX-License-Identifier: GPL-2.0-or-later
// Every command of the console, as a user's shell finds it: the name that it is called by, its words, its input and output go through
// the shell's door to the ssh server, which knows whose shell this is.
#include <cstdio>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "hmc/ssh/inside/wire.h"

namespace {

using namespace hmc::ssh::wire;

constexpr std::size_t largest_file = 64 * 1024;  // what the console takes of one

int gone() {
  std::fputs("The console does not answer. Log in again.\n", stderr);
  return 1;
}

// Our end of a new connection; the other end goes through the door.
int connect_through_door() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return -1;
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
  std::memcpy(CMSG_DATA(header), &ends[1], sizeof(int));
  const ssize_t sent = sendmsg(door, &message, MSG_NOSIGNAL);
  close(ends[1]);
  if (sent == 1) return ends[0];
  close(ends[0]);
  return -1;
}

bool send_file(int server, const std::string& name) {
  const int file = open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat about {};
  const char* why = file < 0                                              ? std::strerror(errno)
                    : fstat(file, &about) != 0 || !S_ISREG(about.st_mode) ? "It is no file"
                                                                          : nullptr;
  std::string content(largest_file + 1, '\0');
  std::size_t length = 0;
  while (!why && length < content.size()) {
    const ssize_t got = read(file, content.data() + length, content.size() - length);
    if (got < 0) why = "It cannot be read";
    if (got <= 0) break;
    length += static_cast<std::size_t>(got);
  }
  if (!why && length > largest_file) why = "It has more than 65536 bytes";
  if (file >= 0) close(file);
  return why ? send(server, Kind::no_content, why) : send(server, Kind::content, std::string_view(content).substr(0, length));
}

// The terminal is as it was when the command has ended.
class RawTerminal {
 public:
  RawTerminal() = default;
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;
  ~RawTerminal() {
    if (raw_) tcsetattr(0, TCSADRAIN, &before_);
  }
  void begin() {
    if (raw_ || tcgetattr(0, &before_) != 0) return;
    termios now = before_;
    cfmakeraw(&now);
    raw_ = tcsetattr(0, TCSADRAIN, &now) == 0;
  }

 private:
  termios before_{};
  bool raw_ = false;
};

void print(const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = write(1, text.data() + at, text.size() - at);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    at += static_cast<std::size_t>(written);
  }
}

// True while there may be more of it.
bool send_typed(int server) {
  char buffer[4096];
  const ssize_t got = read(0, buffer, sizeof buffer);
  if (got < 0 && errno == EINTR) return true;
  if (got <= 0) {
    (void)send(server, Kind::end, "");
    return false;
  }
  return send(server, Kind::typed, {buffer, static_cast<std::size_t>(got)});
}

int converse(int server) {
  RawTerminal terminal;
  bool input_wanted = false;
  for (;;) {
    pollfd waited[] = {{server, POLLIN, 0}, {input_wanted ? 0 : -1, POLLIN, 0}};
    if (poll(waited, 2, -1) < 0) {
      if (errno == EINTR) continue;
      return gone();
    }
    if (waited[1].revents != 0) input_wanted = send_typed(server);
    if (waited[0].revents == 0) continue;
    const auto record = receive(server);
    if (!record) return gone();
    switch (record->kind) {
      case Kind::output:
        print(record->body);
        break;
      case Kind::input:
        input_wanted = true;
        break;
      case Kind::raw:
        terminal.begin();
        break;
      case Kind::file:
        if (!send_file(server, record->body)) return gone();
        break;
      case Kind::exit:
        return record->body.empty() ? 1 : static_cast<unsigned char>(record->body[0]);
      default:
        return gone();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv, argv + argc);
  if (words.empty()) return 1;
  words[0] = words[0].substr(words[0].rfind('/') + 1);
  const int server = connect_through_door();
  if (server < 0 || !send(server, Kind::words, pack(words))) return gone();
  return converse(server);
}
