// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/user_channel.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include "emu/core/log.h"
#include "emu/core/names.h"
#include "emu/core/shell_words.h"

namespace hmc::ssh {

namespace {

constexpr emu::Log log_ssh("ssh");
constexpr size_t most_input = 256 * KiB;  // that a program has not read

// Its name becomes a word of a command line, and a variable.
std::string plain_terminal(const std::string& type) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '+' || c == '.' || c == '_';
  };
  return !type.empty() && type.size() < 40 && std::ranges::all_of(type, plain) ? type : "dumb";
}

}  // namespace

bool UserChannel::terminal(const Terminal& wanted) {
  if (child_ || over_) return false;
  terminal_ = wanted;
  terminal_->type = plain_terminal(wanted.type);
  return true;
}

void UserChannel::resized(u16 columns, u16 rows) {
  if (child_) child_->resize(columns, rows);
}

bool UserChannel::shell() {
  if (!options_.sandbox)
    return say_and_end(
        fmt::format("There is no shell on this console: {} Commands can be given, one at a time.", options_.why_no_sandbox), 1);
  if (terminal_) return start({inside_bash, "--noprofile", "--rcfile", inside_rc, "-r", "-i"});
  return start({inside_bash, "-r", "-s"});
}

// `bash` is what the shell calls itself in its messages.
bool UserChannel::execute(const std::string& command) {
  if (!options_.sandbox) return start_without_sandbox(command);
  return start({inside_bash, "-r", "-c", command, "bash"});
}

bool UserChannel::subsystem(const std::string& name) {
  if (name != "sftp" || !options_.sandbox) return false;
  terminal_.reset();
  return start({inside_sftp_server});
}

bool UserChannel::start(const std::vector<std::string>& program) {
  if (child_ || over_) return false;
  auto line = options_.sandbox->command_line(user_, terminal_ ? terminal_->type : "", program);
  auto door = Door::open(authority_, user_, Door::Files::of_the_user);
  if (!line || !door) return say_and_end((line ? door.error() : line.error()).text, 1);
  door_ = std::move(*door);
  auto child = Child::start(*line, (*line)[0], terminal_, door_->inside());
  door_->close_inside();
  if (!child) return say_and_end(child.error().text, 1);
  child_.emplace(std::move(*child));
  return true;
}

bool UserChannel::start_without_sandbox(const std::string& command) {
  if (child_ || over_) return false;
  const auto words = emu::split_words(command);
  if (!words) return say_and_end(words.error().text, 1);
  if (words->empty()) return say_and_end("", 0);
  if (std::ranges::count(options_.commands, words->front()) == 0)
    return say_and_end(fmt::format("bash: {}: command not found", emu::shown_name(words->front())), 127);
  auto door = Door::open(authority_, user_, Door::Files::none);
  if (!door) return say_and_end(door.error().text, 1);
  door_ = std::move(*door);
  std::vector<std::string> line = *words;
  line[0] = options_.command_program;
  auto child = Child::start(line, words->front(), terminal_, door_->inside());
  door_->close_inside();
  if (!child) return say_and_end(child.error().text, 1);
  child_.emplace(std::move(*child));
  return true;
}

bool UserChannel::say_and_end(const std::string& line, int status) {
  if (!line.empty()) channel_.write(line + (terminal_ ? "\r\n" : "\n"), Channel::Stream::errors);
  channel_.finish({status, ""});
  over_ = true;
  return true;
}

size_t UserChannel::typed(std::string_view text) {
  if (over_ || no_more_input_) return text.size();
  const size_t taken = std::min(text.size(), most_input - std::min(most_input, input_.size()));
  input_ += text.substr(0, taken);
  write_input();
  return taken;
}

void UserChannel::input_ended() {
  no_more_input_ = true;
  // A program that reads lines from a terminal sees their end so.
  if (child_ && child_->has_terminal()) input_ += '\x04';
  write_input();
}

void UserChannel::signalled(const std::string& name) {
  if (const int number = signal_of(name); number != 0 && child_) child_->signal(number);
}

void UserChannel::write_input() {
  if (!child_) return;
  while (!input_.empty() && child_->input() >= 0) {
    const ssize_t written = write(child_->input(), input_.data(), input_.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) {  // it reads no more
      input_.clear();
      child_->close_input();
      no_more_input_ = true;
      return;
    }
    input_.erase(0, static_cast<size_t>(written));
  }
  if (no_more_input_ && input_.empty()) child_->close_input();
}

void UserChannel::wait_for(std::vector<pollfd>& waited) const {
  if (!child_ || over_) return;
  const bool room = channel_.room() > 0;
  if (child_->output() >= 0 && room) waited.push_back({child_->output(), POLLIN, 0});
  if (child_->errors() >= 0 && room) waited.push_back({child_->errors(), POLLIN, 0});
  if (child_->input() >= 0 && !input_.empty()) waited.push_back({child_->input(), POLLOUT, 0});
  if (child_->output() < 0 && child_->errors() < 0) waited.push_back({child_->life(), POLLIN, 0});
}

bool UserChannel::show(int descriptor, Channel::Stream stream) {
  std::array<char, 16 * KiB> buffer{};
  const size_t most = std::min(channel_.room(), buffer.size());
  if (most == 0) return false;
  const ssize_t got = read(descriptor, buffer.data(), most);
  if (got > 0) {
    channel_.write({buffer.data(), static_cast<size_t>(got)}, stream);
    return true;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  // A terminal whose last program has gone answers with an error.
  stream == Channel::Stream::output ? child_->close_output() : child_->close_errors();
  return false;
}

bool UserChannel::pump() {
  if (over_) return false;
  if (!channel_.open()) {
    child_.reset();
    over_ = true;
    return true;
  }
  if (!child_) return false;
  write_input();
  bool moved = false;
  while (child_->output() >= 0 && show(child_->output(), Channel::Stream::output)) moved = true;
  while (child_->errors() >= 0 && show(child_->errors(), Channel::Stream::errors)) moved = true;
  if (child_->output() >= 0 || child_->errors() >= 0) return moved;
  const auto ended = child_->ended();
  if (!ended) return moved;
  log_ssh.debug("a program of {} has ended: {} {}", user_, ended->status, ended->signal);
  channel_.finish(*ended);
  over_ = true;
  return true;
}

}  // namespace hmc::ssh
