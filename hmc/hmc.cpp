// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/hmc.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "hmc/cli/table.h"
#include "hmc/console.h"

namespace hmc {

struct Hmc::Heart {
  std::mutex mutex;
  std::condition_variable wake;
  bool stopping = false;
  std::thread thread;

  ~Heart() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    if (thread.joinable()) thread.join();
  }
};

Result<std::unique_ptr<Hmc>> Hmc::create(HmcOptions options, std::vector<FrameEndpoint> frames, RmcTransport* rmc,
                                         const emu::Clock& clock, Pause& pause) {
  std::unique_ptr<Journal> journal = TRY(Journal::open(options.journal_file));
  auto console = std::make_unique<Console>(std::move(options), std::move(frames), rmc, clock, pause, std::move(journal));
  return std::unique_ptr<Hmc>(new Hmc(std::move(console)));
}

Hmc::Hmc(std::unique_ptr<Console> console) : console_(std::move(console)) {}

Hmc::~Hmc() = default;

void Hmc::start() {
  if (heart_) return;
  heart_ = std::make_unique<Heart>();
  heart_->thread = std::thread([this, heart = heart_.get()] {
    std::unique_lock lock(heart->mutex);
    while (!heart->stopping) {
      lock.unlock();
      console_->heartbeat();
      lock.lock();
      heart->wake.wait_for(lock, std::chrono::seconds(1), [heart] { return heart->stopping; });
    }
  });
}

void Hmc::heartbeat() { console_->heartbeat(); }

int Hmc::run_command(const std::vector<std::string>& argv, Session& session) { return cli::run(*console_, argv, session); }

bool Hmc::knows_command(std::string_view name) { return cli::find_command(name) != nullptr; }

std::vector<std::string> Hmc::command_names() {
  std::vector<std::string> names;
  for (const cli::Command& command : cli::commands()) names.emplace_back(command.name);
  return names;
}

std::vector<MoveStatus> Hmc::moves() const { return console_->moves().all(); }

}  // namespace hmc
