// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/other_consoles.h"

#include "emu/app/credentials.h"
#include "emu/core/clock.h"
#include "emu/link/clients.h"
#include "emu/link/service.h"

#include <algorithm>
#include <mutex>

namespace emu::app {

namespace {

using hmc::FrameLink;
using hmc::Held;
using hmc::Proof;
using hmc::Reply;

constexpr u64 patience = 10 * nanoseconds_per_second;
constexpr u64 beyond = nanoseconds_per_second;  // than the frame has: the other console is to say what became of it

Status outcome(const hmc_link::Done& done) { return done.code.empty() ? success() : Status(Error{done.code, done.text}); }
hmc_link::Done done(const Status& status) {
  return status ? hmc_link::Done{} : hmc_link::Done{status.error().code, status.error().text};
}

// Who comes in where, as whom.
struct Door {
  std::string from;
  std::string hmc_file;
  std::string user;
  Proof proof;

  struct Opened {
    std::unique_ptr<Channel> channel;
    hmc_link::ConsoleMet met;
  };
  Result<Opened> open() const {
    auto channel = connect(hmc_file, nanoseconds_per_second);
    if (!channel) return Error{"absent", "The console does not answer."};
    auto met = TRY(ask_hmc(**channel, hmc_link::MeetConsole{from, user, proof.key, proof.password}, patience));
    TRY(outcome(met.done));
    return Opened{std::move(*channel), std::move(met)};
  }
};

// A channel carries one exchange at a time.
class ThroughConsole final : public FrameLink {
 public:
  ThroughConsole(Door door, std::string frame) : door_(std::move(door)), frame_(std::move(frame)) {}

  Result<Reply> exchange(const service::Request& request, u64 timeout) override {
    std::unique_ptr<Channel> channel = TRY(take());
    const hmc_link::AskFrame ask{frame_, service::encode(request), timeout};
    const auto answered = TRY(ask_hmc(*channel, ask, timeout + beyond));
    give_back(std::move(channel));
    return std::visit(
        [&]<class R>(const R&) -> Result<Reply> {
          const Bytes body = TRY(service::decode_reply(service::number_of<R>, answered.message));
          return Reply(TRY(from_bytes<typename R::Reply>(body)));
        },
        request);
  }

  void stop() override {}  // the other console answers, or its end is seen

  Result<Held> hold() override {
    const std::lock_guard guard(mutex_);
    if (Held held = held_.lock()) return held;
    Door::Opened opened = TRY(door_.open());
    const hmc_link::Done locked = TRY(ask_hmc(*opened.channel, hmc_link::HoldFrame{frame_}, patience));
    TRY(outcome(locked));
    const Held kept(std::shared_ptr<Channel>(std::move(opened.channel)));
    held_ = kept;
    return kept;
  }

  Status break_lock() override {
    const Door::Opened opened = TRY(door_.open());
    const hmc_link::Done answered = TRY(ask_hmc(*opened.channel, hmc_link::BreakLock{frame_}, patience));
    return outcome(answered);
  }

 private:
  Result<std::unique_ptr<Channel>> take() {
    {
      const std::lock_guard guard(mutex_);
      while (!idle_.empty()) {
        Idle last = std::move(idle_.back());
        idle_.pop_back();
        if (clock_.monotonic() - last.since < most_idle / 2 && last.channel->open()) return std::move(last.channel);
      }
    }
    return TRY(door_.open()).channel;
  }
  void give_back(std::unique_ptr<Channel> channel) {
    constexpr size_t kept = 2;
    const std::lock_guard guard(mutex_);
    if (idle_.size() < kept) idle_.push_back({std::move(channel), clock_.monotonic()});
  }

  struct Idle {
    std::unique_ptr<Channel> channel;
    u64 since;
  };
  const Door door_;
  const std::string frame_;
  const HostClock clock_;
  std::mutex mutex_;
  std::vector<Idle> idle_;
  std::weak_ptr<const void> held_;
};

class Met final : public hmc::RemoteConsole {
 public:
  Met(Door door, hmc_link::ConsoleMet met) : door_(std::move(door)), met_(std::move(met)) {}

  const std::string& name() const override { return met_.name; }
  const std::vector<std::string>& frames() const override { return met_.frames; }
  bool may_migrate() const override { return met_.may_migrate; }
  std::unique_ptr<FrameLink> link(const std::string& frame) override { return std::make_unique<ThroughConsole>(door_, frame); }
  Status add_key(const std::string& key) override {
    const Door::Opened opened = TRY(door_.open());
    const hmc_link::Done answered = TRY(ask_hmc(*opened.channel, hmc_link::AddKey{key}, patience));
    return outcome(answered);
  }
  Result<std::string> own_key() override {
    const Door::Opened opened = TRY(door_.open());
    const auto key = TRY(ask_hmc(*opened.channel, hmc_link::OwnKey{}, patience));
    TRY(outcome(key.done));
    return key.key;
  }

 private:
  const Door door_;
  const hmc_link::ConsoleMet met_;
};

class OtherConsoles final : public hmc::RemoteConsoles {
 public:
  OtherConsoles(const NamedLab& lab, size_t self) : name_(lab.lab.consoles[self].name) {
    for (size_t i = 0; i < lab.lab.consoles.size(); ++i) all_.push_back({lab.lab.consoles[i].name, lab.console(i), i == self});
  }

  bool is_self(const std::string& ip) const override {
    const auto found = find(ip);
    return found != all_.end() && found->is_self;
  }

  Result<std::unique_ptr<hmc::RemoteConsole>> connect(const std::string& ip, const std::string& user,
                                                      const Proof& proof) override {
    const auto found = find(ip);
    if (found == all_.end()) return Error{"absent", "No console has that address."};
    const Door door{name_, found->place.hmc_file(), user, proof};
    Door::Opened opened = TRY(door.open());
    return std::unique_ptr<hmc::RemoteConsole>(std::make_unique<Met>(door, std::move(opened.met)));
  }

 private:
  struct Other {
    std::string name;
    ConsolePlace place;
    bool is_self = false;
  };
  std::vector<Other>::const_iterator find(const std::string& ip) const {
    return std::ranges::find_if(all_, [&](const Other& other) {
      if (other.name == ip) return true;
      const auto endpoint = ssh_endpoint(other.place);
      return endpoint && endpoint->address == ip;
    });
  }

  const std::string name_;
  std::vector<Other> all_;
};

// ---- the other end ----

Bytes answer(hmc::Guest& guest, const hmc_link::AskFrame& ask) {
  const auto asked = service::decode(ask.message);
  if (!asked) return service::encode_error(asked.error());
  const auto reply = guest.ask(ask.frame, asked->request, std::min(ask.timeout, service::default_timeout));
  if (!reply) return service::encode_error(reply.error());
  const Bytes body = std::visit([](const auto& content) { return to_bytes(content); }, *reply);
  return service::encode_reply(static_cast<u16>(asked->request.index() + 1), body);
}

Status serve_one(Channel& channel, hmc::Guest& guest) {
  const auto message = TRY(receive_hmc(channel, nanoseconds_per_second / 20));
  if (const auto* ask = std::get_if<hmc_link::AskFrame>(&message))
    return send_hmc(channel, hmc_link::FrameAnswered{answer(guest, *ask)});
  if (const auto* hold = std::get_if<hmc_link::HoldFrame>(&message)) return send_hmc(channel, done(guest.hold(hold->frame)));
  if (const auto* lock = std::get_if<hmc_link::BreakLock>(&message))
    return send_hmc(channel, done(guest.break_lock(lock->frame)));
  if (const auto* add = std::get_if<hmc_link::AddKey>(&message)) return send_hmc(channel, done(guest.add_key(add->key)));
  if (std::holds_alternative<hmc_link::OwnKey>(message)) {
    const auto key = guest.own_key();
    return send_hmc(channel,
                    key ? hmc_link::ConsoleKey{{}, *key} : hmc_link::ConsoleKey{{key.error().code, key.error().text}, ""});
  }
  return Error{"closed", "This is nothing that consoles say."};
}

}  // namespace

std::shared_ptr<hmc::RemoteConsoles> other_consoles(const NamedLab& lab, size_t self) {
  return std::make_shared<OtherConsoles>(lab, self);
}

Status serve_console(Channel& channel, hmc::Hmc& hmc, const std::string& name, const hmc_link::MeetConsole& meet,
                     const std::function<bool()>& ending) {
  const auto guest = hmc.let_in(meet.from, meet.user, {meet.key, meet.password});
  if (!guest) return send_hmc(channel, hmc_link::ConsoleMet{done(guest.error()), "", false, {}});
  TRY(send_hmc(channel, hmc_link::ConsoleMet{{}, name, (*guest)->may_migrate(), (*guest)->frames()}));
  const HostClock clock;
  u64 heard = clock.monotonic();
  // One that holds a lock says nothing for as long as a migration takes.
  while (!ending()) {
    const Status served = serve_one(channel, **guest);
    if (served) heard = clock.monotonic();
    if (!served && served.error().code != "timeout") return served;
    if (!(*guest)->holds() && clock.monotonic() - heard > most_idle) break;
  }
  return Error{"closed", "The console ends."};
}

}  // namespace emu::app
