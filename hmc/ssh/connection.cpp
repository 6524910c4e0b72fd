// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/ssh/connection.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <poll.h>
#include <sys/socket.h>

#include "emu/core/log.h"
#include "emu/core/names.h"

namespace hmc::ssh {

namespace {

constexpr emu::Log log_ssh("ssh");
constexpr int longest_wait_ms = 500;
constexpr u64 stay_look_ms = 3000;  // between two questions whether the user is still one

u64 now_ms() {
  return static_cast<u64>(
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch()).count());
}

}  // namespace

Connection::Connection(const ServerOptions& options, Authority& authority, std::string from, const std::atomic<bool>& ending)
    : options_(options), authority_(authority), from_(std::move(from)), ending_(ending), began_(now_ms()), last_(began_) {}

void Connection::abort() {
  const std::lock_guard guard(mutex_);
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

void Connection::run(std::unique_ptr<Transport> transport) {
  if (transport->greet(options_.limits.login_seconds)) converse(*transport);
  channels_.clear();  // before the transport's channels, which they speak to
  const std::lock_guard guard(mutex_);
  socket_ = -1;
  transport.reset();
}

void Connection::converse(Transport& transport) {
  while (!ending_) {
    const bool happened = wait(transport);
    if (!transport.proceed()) return;
    transport.offer_again();
    bool moved = false;
    for (const auto& channel : channels_)
      while (channel->pump()) moved = true;
    for (auto each = channels_.begin(); each != channels_.end();) {
      if ((*each)->over()) transport.forget((*each)->channel());
      each = (*each)->over() ? channels_.erase(each) : std::next(each);
    }
    if (happened || moved) last_ = now_ms();
    if (!logged_in_ && now_ms() - began_ > u64{options_.limits.login_seconds} * 1000) return;
    if (failures_ >= options_.limits.attempts) return;
    if (logged_in_ && now_ms() - asked_ > stay_look_ms) {
      asked_ = now_ms();
      if (!authority_.may_stay(account_)) {
        log_ssh.info("{} from {} is no user any more", account_.user, from_);
        return;
      }
    }
    if (logged_in_ && is_idle()) {
      log_ssh.info("{} from {} was idle for too long", account_.user, from_);
      return;
    }
  }
}

bool Connection::is_idle() const {
  if (now_ms() - last_ < u64{options_.limits.idle_minutes} * 60'000) return false;
  return std::ranges::none_of(channels_, [](const auto& channel) { return channel->busy(); });
}

bool Connection::wait(Transport& transport) {
  std::vector<pollfd> waited{{transport.socket(), static_cast<short>(transport.wants_to_write() ? POLLIN | POLLOUT : POLLIN), 0}};
  for (const auto& channel : channels_) channel->wait_for(waited);
  return poll(waited.data(), waited.size(), longest_wait_ms) > 0;
}

// ---- logging in ----

bool Connection::may_try(const std::string& user) const {
  return !logged_in_ && failures_ < options_.limits.attempts && may_be_user(user);
}

void Connection::failed(const std::string& user) {
  ++failures_;
  authority_.note_login(user.substr(0, 64), from_, false);
  log_ssh.warn("{} from {}: not logged in", emu::shown_name(user.substr(0, 64)), from_);
  std::this_thread::sleep_for(std::chrono::milliseconds(options_.limits.failure_delay_ms));
}

void Connection::succeeded(const std::string& user, u64 made) {
  account_ = {user, made};
  logged_in_ = true;
  authority_.note_login(user, from_, true);
  log_ssh.info("{} from {}: logged in", user, from_);
}

// A console that does not answer has not said no: the client is to come again, and not to believe that its key is wrong.
bool Connection::judge(const std::string& user, const emu::Result<Login>& login) {
  if (!login) {
    log_ssh.warn("{} from {}: the console does not answer", user, from_);
    failures_ = options_.limits.attempts;
    return false;
  }
  return login->opens;
}

bool Connection::password(const std::string& user, const std::string& password) {
  const auto login = may_try(user) ? authority_.password_opens(user, password) : emu::Result<Login>(Login{});
  if (judge(user, login)) {
    succeeded(user, login->made);
    return true;
  }
  if (login) failed(user);
  return false;
}

bool Connection::key(const std::string& user, const std::string& key, bool proven) {
  const auto login = may_try(user) ? authority_.key_opens(user, key) : emu::Result<Login>(Login{});
  if (judge(user, login)) {
    if (proven) succeeded(user, login->made);
    return true;
  }
  // Clients offer all the keys that they have: that is no failure to tell of.
  if (login) ++failures_;
  return false;
}

ChannelHandler* Connection::opened(Channel& channel) {
  if (!logged_in_ || channels_.size() >= options_.limits.channels) return nullptr;
  return channels_.emplace_back(std::make_unique<UserChannel>(channel, options_, authority_, account_)).get();
}

}  // namespace hmc::ssh
