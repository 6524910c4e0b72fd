// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/hmc.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include <fmt/format.h>

#include "hmc/changes/listener.h"
#include "hmc/cli/table.h"
#include "hmc/console.h"
#include "hmc/consoles/guest.h"

namespace hmc {

namespace {
constexpr u32 listening_ms = 2000;  // how long a frame waits for something to tell
constexpr u32 silence_ms = 500;     // until a frame that does not answer is asked again
}  // namespace

struct Hmc::Heart {
  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  std::vector<std::thread> threads;
  Console& console;

  explicit Heart(Console& owner) : console(owner) {}
  ~Heart() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    for (const FrameEndpoint& frame : console.frames()) frame.link->stop();
    for (std::thread& thread : threads) thread.join();
  }
};

Result<std::unique_ptr<Hmc>> Hmc::create(HmcOptions options, std::vector<FrameEndpoint> frames, RmcTransport* rmc,
                                         const emu::Clock& clock, Pause& pause) {
  std::unique_ptr<Journal> journal = TRY(Journal::open(options.journal_file));
  std::unique_ptr<users::Users> users = TRY(users::Users::open(*journal, clock, options.hscroot_password, options.hscroot_key));
  options.hscroot_password.clear();
  auto console =
      std::make_unique<Console>(std::move(options), std::move(frames), rmc, clock, pause, std::move(journal), std::move(users));
  return std::unique_ptr<Hmc>(new Hmc(std::move(console)));
}

Hmc::Hmc(std::unique_ptr<Console> console) : console_(std::move(console)) {
  for (const FrameEndpoint& frame : console_->frames())
    listeners_.push_back(std::make_unique<Listener>(frame, console_->changes()));
}

Hmc::~Hmc() = default;

void Hmc::start() {
  if (heart_) return;
  heart_ = std::make_unique<Heart>(*console_);
  // Does it again and again; it answers how long to rest in between.
  const auto again = [heart = heart_.get()](std::function<std::chrono::milliseconds()> work) {
    heart->threads.emplace_back([heart, work = std::move(work)] {
      std::unique_lock lock(heart->mutex);
      while (!heart->stopping) {
        lock.unlock();
        const auto rest = work();
        lock.lock();
        heart->wake.wait_for(lock, rest, [heart] { return heart->stopping; });
      }
    });
  };
  again([this] {
    console_->heartbeat(Console::Look::when_told);
    return std::chrono::milliseconds(1000);
  });
  again([this] {
    constexpr u64 shortest_rate = 30 * emu::nanoseconds_per_second;
    return std::chrono::milliseconds(console_->sample_utilization(shortest_rate) / emu::millisecond + 1);
  });
  for (const auto& listener : listeners_)
    again([listener = listener.get()] { return std::chrono::milliseconds(listener->hear(listening_ms) ? 0 : silence_ms); });
}

void Hmc::hear() {
  for (const auto& listener : listeners_) listener->hear(0);
}

emu::Changes Hmc::changes(u64 after, u64 patience) const { return console_->changes().since(after, patience); }

void Hmc::heartbeat() { console_->heartbeat(Console::Look::now); }

int Hmc::run_command(const std::vector<std::string>& argv, Session& session) { return cli::run(*console_, argv, session); }

bool Hmc::knows_command(std::string_view name) { return cli::find_command(name) != nullptr; }

std::vector<std::string> Hmc::command_names() {
  std::vector<std::string> names;
  for (const cli::Command& command : cli::commands()) names.emplace_back(command.name);
  return names;
}

std::vector<std::string> Hmc::files_of(const std::vector<std::string>& argv) { return cli::files_of(argv); }

std::string Hmc::without_secrets(const std::vector<std::string>& argv) { return cli::without_secrets(argv); }

std::vector<MoveStatus> Hmc::moves() const { return console_->moves().all(); }

Result<std::unique_ptr<Guest>> Hmc::let_in(const std::string& from, const std::string& user, const Proof& proof) {
  return Guest::let_in(*console_, from, user, proof);
}

Faults& Hmc::faults() { return console_->faults(); }

bool Hmc::password_opens(const std::string& user, const std::string& password) {
  return console_->users().password_opens(user, password);
}

bool Hmc::key_opens(const std::string& user, const std::string& key) { return console_->users().key_opens(user, key); }

std::optional<u64> Hmc::user_made(const std::string& user) const {
  const auto found = console_->users().find(user);
  return found ? std::optional(found->made) : std::nullopt;
}

bool Hmc::may_stay(const std::string& user, u64 made) const {
  const auto found = console_->users().find(user);
  return found && found->made == made && !found->disabled;
}

void Hmc::note_login(const std::string& user, const std::string& from, bool ok) {
  if (ok) console_->users().logged_in(user);
  console_->note(user, ok ? fmt::format("logged in from {}.", from) : fmt::format("failed to log in from {}.", from));
}

}  // namespace hmc
