// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/frame/death.h"

#include <algorithm>
#include <csignal>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

namespace emu::frame {

namespace {

using firmware::StreamStep;
using firmware::move::Phase;

constexpr std::pair<std::string_view, Phase> phases[] = {
    {"opened", Phase::opened},       {"passes", Phase::passes},       {"suspending", Phase::suspending},
    {"suspended", Phase::suspended}, {"verifying", Phase::verifying}, {"resumed", Phase::resumed},
    {"completed", Phase::completed},
};
constexpr std::pair<std::string_view, Death::Write> writes[] = {
    {"shell", Death::Write::shell},       {"source", Death::Write::source},           {"adopted", Death::Write::adopted},
    {"finished", Death::Write::finished}, {"handed_over", Death::Write::handed_over}, {"taken_back", Death::Write::taken_back},
    {"started", Death::Write::started},
};

constexpr std::string_view before_what = "before-";

Death::Write write_of(StreamStep step) {
  switch (step) {
    case StreamStep::shell:
      return Death::Write::shell;
    case StreamStep::source:
      return Death::Write::source;
    case StreamStep::adopted:
      return Death::Write::adopted;
    case StreamStep::finished:
      return Death::Write::finished;
    case StreamStep::handed_over:  // read only
      break;
  }
  return Death::Write::none;
}

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

// This thread goes no further than here before the process is continued.
void stop() { raise(SIGSTOP); }

template <class Deed>
Status death_around(Death& death, Death::Write write, Deed&& deed) {
  death.before(write);
  Status done = deed();
  death.after(write);
  return done;
}

class WatchedJournal final : public firmware::Journal {
 public:
  WatchedJournal(firmware::Journal& journal, Death& death) : journal_(journal), death_(death) {}

  std::string file() const override { return journal_.file(); }
  std::string id() const override { return journal_.id(); }
  Status set_id(const std::string& id) override { return journal_.set_id(id); }
  u64 writes() const override { return journal_.writes(); }
  void on_write(std::function<void(u64)> listener) override { journal_.on_write(std::move(listener)); }
  Status together(const std::function<Status()>& changes) override { return journal_.together(changes); }
  std::vector<LparDefinition> lpars() const override { return journal_.lpars(); }
  Status put_change(const Change& change) override { return journal_.put_change(change); }
  Changes changes_after(u64 number) const override { return journal_.changes_after(number); }
  std::map<u32, std::string> noted_states() const override { return journal_.noted_states(); }
  Status put_lpar(const LparDefinition& lpar) override { return journal_.put_lpar(lpar); }
  Status remove_lpar(u32 lpar_id) override { return journal_.remove_lpar(lpar_id); }
  bool initialized() const override { return journal_.initialized(); }
  Status set_initialized() override { return journal_.set_initialized(); }
  std::vector<firmware::StreamRecord> streams() const override { return journal_.streams(); }
  Status put_stream(const firmware::StreamRecord& record) override {
    return death_around(death_, write_of(record.step), [&] { return journal_.put_stream(record); });
  }
  Status put_blob(const std::string& key, const Bytes& content) override { return journal_.put_blob(key, content); }
  Bytes blob(const std::string& key) const override { return journal_.blob(key); }

 private:
  firmware::Journal& journal_;
  Death& death_;
};

class WatchedWitness final : public firmware::Witness {
 public:
  WatchedWitness(firmware::Witness& witness, Death& death) : witness_(witness), death_(death) {}

  std::string file() const override { return witness_.file(); }
  std::vector<firmware::Ownership> all() const override { return witness_.all(); }
  std::vector<firmware::Ownership> released() const override { return witness_.released(); }
  std::optional<firmware::Ownership> of(const std::string& uuid) const override { return witness_.of(uuid); }
  std::optional<firmware::Ownership> of_stream(u64 stream) const override { return witness_.of_stream(stream); }
  std::vector<firmware::SeenJournal> journals() const override { return witness_.journals(); }
  Status see_journal(const firmware::SeenJournal& journal) override { return witness_.see_journal(journal); }
  Status claim(const std::string& uuid, const std::string& system) override { return witness_.claim(uuid, system); }
  Status release(const std::string& uuid, const std::string& system) override { return witness_.release(uuid, system); }
  Status take_over(const firmware::Ownership& known) override { return witness_.take_over(known); }
  Status correct(const firmware::Ownership& known) override { return witness_.correct(known); }
  Status accept_journal(const firmware::SeenJournal& journal) override { return witness_.accept_journal(journal); }
  Status begin(const std::string& uuid, const std::string& system, u64 stream, const std::string& other) override {
    return witness_.begin(uuid, system, stream, other);
  }
  Status hand_over(const std::string& uuid, const std::string& system, u64 stream) override {
    return death_around(death_, Death::Write::handed_over, [&] { return witness_.hand_over(uuid, system, stream); });
  }
  Status take_back(const std::string& uuid, const std::string& system, u64 stream) override {
    return death_around(death_, Death::Write::taken_back, [&] { return witness_.take_back(uuid, system, stream); });
  }
  Status start(const std::string& uuid, const std::string& system, u64 stream) override {
    return death_around(death_, Death::Write::started, [&] { return witness_.start(uuid, system, stream); });
  }

 private:
  firmware::Witness& witness_;
  Death& death_;
};

}  // namespace

Death::~Death() { disarm(); }

void Death::disarm() {
  end_ = true;
  if (thread_.joinable()) thread_.join();
}

std::unique_ptr<firmware::Journal> Death::watched(firmware::Journal& journal) {
  return std::make_unique<WatchedJournal>(journal, *this);
}

std::unique_ptr<firmware::Witness> Death::watched(firmware::Witness& witness) {
  return std::make_unique<WatchedWitness>(witness, *this);
}

void Death::before(Write write) {
  if (write != Write::none && before_.compare_exchange_strong(write, Write::none)) meet();
}
void Death::after(Write write) {
  if (write != Write::none && after_.compare_exchange_strong(write, Write::none)) meet();
}

void Death::meet() {
  armed_ = false;
  if (what_ == End::die) die();
  stop();
}

bool Death::knows(std::string_view phase) {
  const auto first = [](const auto& row) { return row.first; };
  if (phase == "now" || phase == "never" || std::ranges::count(phases, phase, first)) return true;
  if (phase.starts_with(before_what)) phase.remove_prefix(before_what.size());
  return std::ranges::count(writes, phase, first) > 0;
}

Status Death::arm(const std::string& phase, End end, firmware::Hypervisor& hypervisor) {
  if (phase == "never") {
    disarm();
    before_ = after_ = Write::none;
    armed_ = false;
    return success();
  }
  if (phase == "now") {
    what_ = end;
    meet();
    return success();
  }
  const bool is_before = phase.rfind(before_what, 0) == 0;
  const auto* write =
      std::ranges::find(writes, is_before ? phase.substr(before_what.size()) : phase, [](const auto& row) { return row.first; });
  if (write != std::end(writes)) {
    what_ = end;
    armed_ = true;
    (is_before ? before_ : after_) = write->second;
    return success();
  }
  const auto* row = std::ranges::find(phases, phase, [](const auto& entry) { return entry.first; });
  if (row == std::end(phases)) return Error{"fault", fmt::format("There is no phase {} to die at.", phase)};
  if (thread_.joinable()) return Error{"fault", "This frame waits for its death already."};
  what_ = end;
  end_ = false;
  armed_ = true;
  thread_ = std::thread([this, wanted = row->second, &hypervisor] { poll(wanted, hypervisor); });
  return success();
}

// Phases of a suspended partition last less than a millisecond: the journal is asked for streams now and then, their
// progress all the time.
void Death::poll(Phase phase, firmware::Hypervisor& hypervisor) {
  constexpr unsigned looks_per_list = 50;
  prctl(PR_SET_TIMERSLACK, 1);
  std::vector<firmware::StreamRecord> streams;
  for (unsigned look = 0; !end_; ++look) {
    if (look % looks_per_list == 0) streams = hypervisor.verdicts();
    for (const firmware::StreamRecord& record : streams) {
      const auto progress = hypervisor.progress(record.stream);
      if (!progress || progress->phase < phase || progress->phase > Phase::completed) continue;
      meet();
      return;
    }
    const timespec nap{0, 20'000};
    nanosleep(&nap, nullptr);
  }
}

}  // namespace emu::frame
