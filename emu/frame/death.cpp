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
constexpr std::pair<std::string_view, StreamStep> records[] = {
    {"shell", StreamStep::shell},     {"source", StreamStep::source},     {"handed_over", StreamStep::handed_over},
    {"adopted", StreamStep::adopted}, {"finished", StreamStep::finished},
};

[[noreturn]] void die() {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

class WatchedJournal final : public firmware::Journal {
 public:
  WatchedJournal(firmware::Journal& journal, const Death& death) : journal_(journal), death_(death) {}

  std::vector<LparDefinition> lpars() const override { return journal_.lpars(); }
  Status put_lpar(const LparDefinition& lpar) override { return journal_.put_lpar(lpar); }
  Status remove_lpar(u32 lpar_id) override { return journal_.remove_lpar(lpar_id); }
  bool initialized() const override { return journal_.initialized(); }
  Status set_initialized() override { return journal_.set_initialized(); }
  std::vector<firmware::StreamRecord> streams() const override { return journal_.streams(); }
  Status put_stream(const firmware::StreamRecord& record) override {
    death_.before_record(record.step);
    auto status = journal_.put_stream(record);
    death_.after_record(record.step);
    return status;
  }
  Status put_blob(const std::string& key, const Bytes& content) override { return journal_.put_blob(key, content); }
  Bytes blob(const std::string& key) const override { return journal_.blob(key); }

 private:
  firmware::Journal& journal_;
  const Death& death_;
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

void Death::before_record(StreamStep step) const {
  if (before_ == static_cast<int>(step)) die();
}
void Death::after_record(StreamStep step) const {
  if (after_ == static_cast<int>(step)) die();
}

Status Death::arm(const std::string& phase, firmware::Hypervisor& hypervisor) {
  constexpr std::string_view before = "before-";
  const bool is_before = phase.rfind(before, 0) == 0;
  const auto* record =
      std::ranges::find(records, is_before ? phase.substr(before.size()) : phase, [](const auto& row) { return row.first; });
  if (record != std::end(records)) {
    (is_before ? before_ : after_) = static_cast<int>(record->second);
    return success();
  }
  const auto* row = std::ranges::find(phases, phase, [](const auto& entry) { return entry.first; });
  if (row == std::end(phases)) return Error{"fault", fmt::format("There is no phase {} to die at.", phase)};
  if (thread_.joinable()) return Error{"fault", "This frame waits for its death already."};
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
      if (progress && progress->phase >= phase && progress->phase <= Phase::completed) die();
    }
    const timespec nap{0, 20'000};
    nanosleep(&nap, nullptr);
  }
}

}  // namespace emu::frame
