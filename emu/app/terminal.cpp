// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/terminal.h"

#include <cerrno>
#include <cstring>

#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace emu::app {

Terminal::Terminal() {
  termios settings{};
  is_terminal_ = isatty(0) && tcgetattr(0, &settings) == 0;
  if (!is_terminal_) return;
  saved_.assign(reinterpret_cast<const char*>(&settings), sizeof settings);
  cfmakeraw(&settings);
  tcsetattr(0, TCSANOW, &settings);
}

Terminal::~Terminal() {
  if (!is_terminal_) return;
  termios settings{};
  std::memcpy(&settings, saved_.data(), sizeof settings);
  tcsetattr(0, TCSANOW, &settings);
}

std::string Terminal::read(u64 timeout) {
  const int milliseconds = static_cast<int>(timeout / 1'000'000);
  pollfd waited{0, POLLIN, 0};
  if (at_end_) {
    poll(nullptr, 0, milliseconds);
    return {};
  }
  if (poll(&waited, 1, milliseconds) <= 0) return {};
  char buffer[1024];
  const ssize_t got = ::read(0, buffer, sizeof buffer);
  if (got < 0 && errno == EINTR) return {};
  if (got <= 0) {
    at_end_ = true;
    return {};
  }
  return {buffer, static_cast<size_t>(got)};
}

void Terminal::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(1, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void Terminal::say(std::string_view line) { write(std::string("\r\n[") + std::string(line) + "]\r\n"); }

}  // namespace emu::app
