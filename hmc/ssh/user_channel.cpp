// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/user_channel.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <span>

#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include "emu/core/names.h"
#include "emu/core/shell_words.h"

namespace hmc::ssh {

namespace {

constexpr size_t most_input = 256 * KiB;  // that a program has not read

// Its name becomes a word of a command line, and a variable.
std::string plain_terminal(const std::string& type) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '+' || c == '.' || c == '_';
  };
  return !type.empty() && type.size() < 40 && std::ranges::all_of(type, plain) ? type : "dumb";
}

// What a client's `scp -O` asks for: a program of its own, and not one that a shell may call with other options.
bool exchanges_files(const std::vector<std::string>& words) {
  if (words.size() < 3 || words[0] != "scp") return false;
  const auto options = std::span(words).subspan(1, words.size() - 2);
  const auto known = [](const std::string& word) {
    return word.size() > 1 && word[0] == '-' && word.find_first_not_of("rpdvqtf-", 1) == word.npos;
  };
  return std::ranges::all_of(options, known) && (std::ranges::count(options, "-t") || std::ranges::count(options, "-f"));
}

}  // namespace

bool UserChannel::terminal(const Terminal& wanted) {
  if (is_used()) return false;
  terminal_ = wanted;
  terminal_->type = plain_terminal(wanted.type);
  return true;
}

void UserChannel::resized(u16 columns, u16 rows) {
  if (child_) child_->resize(columns, rows);
}

bool UserChannel::shell() {
  if (is_used()) return false;
  if (!options_.sandbox)
    return say_and_end(
        fmt::format("There is no shell on this console: {} Commands can be given, one at a time.", options_.why_no_sandbox), 1);
  if (terminal_) return start({inside_bash, "--noprofile", "--rcfile", inside_rc, "-r", "-i"});
  return start({inside_bash, "-r", "-s"});
}

// `bash` is what the shell calls itself in its messages.
bool UserChannel::execute(const std::string& command) {
  if (is_used()) return false;
  if (!options_.sandbox) return start_without_sandbox(command);
  if (const auto words = emu::split_words(command); words && exchanges_files(*words)) {
    std::vector<std::string> program = *words;
    program[0] = inside_scp;
    return start(program);
  }
  return start({inside_bash, "-r", "-c", command, "bash"});
}

bool UserChannel::subsystem(const std::string& name) {
  if (name != "sftp" || !options_.sandbox || is_used()) return false;
  terminal_.reset();
  return start({inside_sftp_server});
}

bool UserChannel::start(const std::vector<std::string>& program) {
  const auto start = options_.sandbox->start(account_, terminal_ ? terminal_->type : "", program);
  return start ? start_with_door(*start, Door::Files::of_the_user) : say_and_end(start.error().text, 1);
}

bool UserChannel::start_with_door(const Start& start, Door::Files files) {
  auto door = Door::open(authority_, account_, files);
  if (!door) return say_and_end(door.error().text, 1);
  door_ = std::move(*door);
  auto child = Child::start(start, terminal_, door_->inside());
  door_->close_inside();
  if (!child) return say_and_end(child.error().text, 1);
  child_.emplace(std::move(*child));
  return true;
}

bool UserChannel::start_without_sandbox(const std::string& command) {
  const auto words = emu::split_words(command);
  if (!words) return say_and_end(words.error().text, 1);
  if (words->empty()) return say_and_end("", 0);
  if (std::ranges::count(options_.commands, words->front()) == 0)
    return say_and_end(fmt::format("bash: {}: command not found", emu::shown_name(words->front())), 127);
  Start start{*words, words->front(), {}};
  start.words[0] = options_.command_program;
  return start_with_door(start, Door::Files::none);
}

bool UserChannel::say_and_end(const std::string& line, int status) {
  if (!line.empty()) channel_.write(line + (terminal_ ? "\r\n" : "\n"), Channel::Stream::errors);
  ended_ = Ended{status, ""};
  return true;
}

size_t UserChannel::typed(std::string_view text) {
  if (ended_ || no_more_input_) return text.size();
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
  if (!child_ || ended_) return;
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
  bool moved = false;
  if (child_ && !ended_) {
    write_input();
    while (child_->output() >= 0 && show(child_->output(), Channel::Stream::output)) moved = true;
    while (child_->errors() >= 0 && show(child_->errors(), Channel::Stream::errors)) moved = true;
    if (child_->output() >= 0 || child_->errors() >= 0) return moved;
    ended_ = child_->ended();
  }
  if (!ended_) return moved;
  over_ = channel_.finish(*ended_);
  return over_ || moved;
}

}  // namespace hmc::ssh
