// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/ha/monitor.h"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include <fmt/format.h>

#include "emu/app/frames.h"
#include "emu/app/ha/decide.h"
#include "emu/app/ha/guest_watch.h"
#include "emu/app/hmc_link.h"
#include "emu/core/log.h"
#include "emu/core/text.h"

namespace emu::app::ha {

namespace {

constexpr Log log_ha("ha");
constexpr u64 second = nanoseconds_per_second;
constexpr u64 look_time = 200 * millisecond;  // between two looks at whether its frame lives
constexpr u64 answer_time = 2 * second;
constexpr u64 again_time = 500 * millisecond;  // between two attempts that have failed

bool is_traced(pid_t process) {
  std::ifstream status(fmt::format("/proc/{}/status", process));
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("TracerPid:"))
      return parse_number<u64>(std::string(line.substr(line.find_first_not_of(" \t", 10)))) != 0;
  return false;
}

class PackageWatcher {
 public:
  PackageWatcher(const NamedLab& lab, const Package& package, Records& records, firmware::Witness& witness, GuestWatch& guest,
                 const std::function<bool()>& ends)
      : lab_(lab), package_(package), records_(records), witness_(witness), guest_(guest), ends_(ends) {}

  void run() {
    note("is watched");
    while (!ends_()) {
      const u64 began = clock_.monotonic();
      const Step step = decide(look());
      const bool done = act(step);
      end_stale_move();
      const u64 rest = step == Step::nothing || done ? look_time : again_time;
      const u64 took = clock_.monotonic() - began;
      if (took < rest) sleep_ns(rest - took);
    }
  }

 private:
  void note(const std::string& text) {
    log_ha.info("{}: {}", package_.name, text);
    (void)records_.note(package_.name, text);
  }

  // ---- what is seen ----

  Seen look() {
    const Record record = records_.of(package_.name);
    Seen seen;
    seen.wanted = record.wanted;
    seen.switching = record.switching;
    seen.misses = package_.misses;
    const std::string owner = owner_of(lab_, witness_, package_);
    if (owner != owner_) {
      owner_ = owner;
      frame_.reset();
      silent_frame_ = silent_guest_ = 0;
      last_ = {};
      next_ = 0;
    }
    if (owner.empty()) {
      seen.wanted = false;
      return seen;
    }
    const auto process = living(lab_.presence_file(owner));
    seen.frame_lives = process.has_value();
    if (!process) return seen;
    const u64 interval = u64{package_.interval_ms} * millisecond;
    const bool due = clock_.monotonic() >= next_;
    if (due) {
      next_ = clock_.monotonic() + interval;
      seen.traced = is_traced(*process);
      ask(seen);
    } else {
      seen = last_;
      seen.wanted = record.wanted;
      seen.switching = record.switching;
      seen.frame_lives = true;
    }
    last_ = seen;
    return seen;
  }

  void ask(Seen& seen) {
    if (!frame_)
      if (auto connected = connect(lab_.service_file(owner_), second / 5)) frame_ = std::move(*connected);
    const auto told = frame_ ? service::ask(*frame_, service::ListLpars{}, answer_time) : Result<service::Lpars>(Error{});
    if (!told) frame_.reset();
    seen.frame_answers = static_cast<bool>(told);
    silent_frame_ = told ? 0 : counts(seen) ? silent_frame_ + 1 : silent_frame_;
    seen.silent_frame = silent_frame_;
    if (!told) return;
    const auto found = std::ranges::find(told->lpars, package_.uuid, [](const auto& lpar) { return lpar.definition.uuid; });
    if (found == told->lpars.end()) return;
    seen.state = found->state;
    seen.migrates = found->migration_stream != 0;
    if (seen.migrates) {
      seen.going = console_works_on(found->migration_stream);
      const auto stream = service::ask(*frame_, service::QueryStream{found->migration_stream}, answer_time);
      seen.suspended = stream && stream->phase >= service::Phase::suspending && stream->phase < service::Phase::completed;
    }
    if (found->state == LparState::running) ask_guest(seen, found->life);
    seen.silent_guest = silent_guest_;
  }

  // One that has not answered since it was activated still boots.
  void ask_guest(const Seen& seen, u64 life) {
    if (life && life != life_) {
      life_ = life;
      answered_ = false;
      silent_guest_ = 0;
    }
    if (guest_.answers(package_)) {
      if (!answered_) note(fmt::format("answers on {}", owner_));
      answered_ = true;
      silent_guest_ = 0;
    } else if (answered_ && counts(seen)) {
      ++silent_guest_;
    }
  }

  bool console_works_on(u64 stream) const {
    const auto channel = connect_hmc(lab_.hmc_file());
    if (!channel) return true;  // nobody can be asked to recover it either
    const auto moves = ask_hmc(**channel, hmc_link::ListMoves{}, answer_time);
    return !moves || std::ranges::any_of(moves->moves, [&](const auto& m) { return m.stream == stream && m.ended_at == 0; });
  }

  // ---- what is asked for ----

  bool hmc(const std::vector<std::string>& words) {
    std::string output;
    const auto code = run_hmc_command(
        lab_.hmc_file(), words, [&](std::string_view text) { output += text; }, ends_);
    if (code && *code == 0) return true;
    output = code ? output.substr(0, output.find('\n')) : code.error().text;
    if (output != told_) note(fmt::format("{}: {}", words[0], output));
    told_ = output;
    return false;
  }

  bool act(Step step) {
    const auto restarted = [&](const std::string& how, const std::string& where) {
      told_.clear();
      next_ = 0;
      (void)records_.restarted(package_.name);
      note(fmt::format("{} on {}", how, where));
      return true;
    };
    switch (step) {
      case Step::nothing:
        return true;
      case Step::start:
        return hmc({"chsysstate", "-r", "lpar", "-m", owner_, "-o", "on", "-n", package_.partition}) &&
               restarted("was started", owner_);
      case Step::restart:
        note(fmt::format("does not answer on {}", owner_));
        silent_guest_ = 0;
        return hmc({"chsysstate", "-r", "lpar", "-m", owner_, "-o", "shutdown", "--immed", "--restart", "-n",
                    package_.partition}) &&
               restarted("was restarted", owner_);
      case Step::recover:
        return hmc({"migrlpar", "-o", "r", "-m", owner_, "-p", package_.partition});
      case Step::elsewhere:
      case Step::fence:
        return elsewhere(step == Step::fence && package_.force) ? restarted("was restarted", to_) : false;
    }
    return true;
  }

  // The console fences the frame, recovers what it was doing, and starts the partition where the witness lets it.
  bool elsewhere(bool force) {
    if (owner_ != dead_) note(fmt::format("{} is dead, or hangs", owner_));
    dead_ = owner_;
    for (const std::string& frame : package_.frames) {
      if (frame == owner_ || !living(lab_.presence_file(frame))) continue;
      std::vector<std::string> words{"rrstartlpar", "-o", "restart", "-m", owner_, "-t", frame, "-p", package_.partition};
      if (force) words.emplace_back("--force");
      to_ = frame;
      if (hmc(words)) {
        dead_.clear();
        return true;
      }
      if (owner_of(lab_, witness_, package_) != owner_ || ends_()) return false;  // it is elsewhere already: look again
    }
    return false;
  }

  // Its process has died: what it had disabled is enabled again.
  void end_stale_move() {
    if (records_.of(package_.name).moves_to.empty() || living(move_file(lab_, package_))) return;
    const auto turn = Presence::claim(move_file(lab_, package_));
    if (!turn || records_.of(package_.name).moves_to.empty()) return;
    if (records_.move(package_.name, "")) note("its move ended without a word: switching is enabled again");
  }

  const NamedLab& lab_;
  const Package& package_;
  Records& records_;
  firmware::Witness& witness_;
  GuestWatch& guest_;
  const std::function<bool()>& ends_;
  const HostClock clock_;
  std::string owner_, dead_, to_;
  std::string told_;  // why the latest attempt failed
  std::unique_ptr<Channel> frame_;
  u64 next_ = 0;
  Seen last_;
  u32 silent_frame_ = 0, silent_guest_ = 0;
  u64 life_ = 0;
  bool answered_ = false;
};

}  // namespace

Result<std::unique_ptr<firmware::Witness>> witness_of(const NamedLab& lab) {
  return firmware::Witness::open(lab.folders.state + "/luns/witness");
}

std::string owner_of(const NamedLab& lab, const firmware::Witness& witness, const Package& package) {
  const auto known = witness.of(package.uuid);
  for (const FrameConfig& frame : lab.lab.frames)
    if (known && frame.mtms() == known->owner) return frame.name;
  return "";
}

std::string move_file(const NamedLab& lab, const Package& package) {
  return fmt::format("{}/package-{}.move", lab.folders.state, package.name);
}

Status watch(const NamedLab& lab, const std::vector<Package>& packages, Records& records, const std::function<bool()>& ends) {
  const auto witness = TRY(witness_of(lab));
  const auto guest = TRY(GuestWatch::open(lab));
  std::vector<PackageWatcher> watchers;
  watchers.reserve(packages.size());
  for (const Package& package : packages) watchers.emplace_back(lab, package, records, *witness, *guest, ends);
  std::vector<std::thread> threads;
  for (PackageWatcher& each : watchers) threads.emplace_back([&each] { each.run(); });
  for (std::thread& thread : threads) thread.join();
  return success();
}

}  // namespace emu::app::ha
