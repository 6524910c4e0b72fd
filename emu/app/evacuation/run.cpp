// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/run.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "emu/core/text.h"

namespace emu::app::evacuation {

namespace {

constexpr int looks_at_a_shutdown = 600;

// What a command has said, if it failed.
Status done(const Result<Answer>& answer) {
  if (!answer) return answer.error();
  if (answer->code == 0) return success();
  for (const std::string& line : words(answer->output, '\n'))
    if (line != "Errors:") return Error{"hmc", line};
  return Error{"hmc", fmt::format("The command ended with status {}.", answer->code)};
}

bool is_off(const Whereabouts& where) { return where.state == "Not Activated"; }
bool is_going_off(const Whereabouts& where) { return where.state == "Shutting Down"; }

class Run {
 public:
  Run(const Course& course, const Ask& ask, Records& records, const Listener& listener)
      : course_(course), ask_(ask), records_(records), listener_(listener) {}

  // `work`: of one entry. All that are `wanted`, in their order.
  Status all(const std::vector<Entry>& entries, Outcome when_done, const std::function<Status(const Entry&)>& work) {
    size_t next = 0;
    Status kept = success();
    const auto worker = [&] {
      for (;;) {
        const Entry* entry = nullptr;
        {
          const std::lock_guard guard(mutex_);
          if (next == entries.size() || course_.interrupted() || !kept) return;
          entry = &entries[next++];
          listener_.begins(*entry);
        }
        const Status ended = work(*entry);
        const std::lock_guard guard(mutex_);
        const Status noted = records_.note(course_.key, entry->step.partition, ended ? when_done : Outcome::failed,
                                           ended ? "" : ended.error().text);
        if (!noted && kept) kept = noted;
        listener_.ended(*entry, ended ? nullptr : &ended.error());
      }
    };
    std::vector<std::thread> workers;
    for (u32 i = 0; i < std::min<size_t>(std::max(1U, course_.at_once), entries.size()); ++i) workers.emplace_back(worker);
    for (std::thread& each : workers) each.join();
    return kept;
  }

  Status move(const std::string& partition, const std::string& from, const std::string& to) const {
    std::optional<Status> tried;
    if (course_.fresh) tried = done(ask_(move_command(from, to, partition)));
    if (tried && *tried) return *tried;
    for (int attempt = 0; attempt < 2; ++attempt) {
      auto where = TRY(where_is(ask_, {from, to}, partition));
      if (!where) where = TRY(where_is(ask_, course_.systems, partition));
      if (!where) return Error{"evacuation", fmt::format("{} is on none of these systems any more.", partition)};
      if (!migrates(*where)) {
        if (where->system == to) return success();
        if (where->system != from)
          return Error{"evacuation", fmt::format("{} is on {} now: somebody has moved it.", partition, where->system)};
        return tried ? *tried : done(ask_(move_command(from, to, partition)));
      }
      if (tried) return *tried;  // it awaits its recovery
      TRY(done(ask_(recover_command(where->system, partition))));
    }
    return Error{"evacuation", fmt::format("{} migrates still. See lslparmigr -r lpar.", partition)};
  }

  Status shut_down(const std::string& partition, const std::string& system) const {
    const auto where = TRY(where_is(ask_, {system}, partition));
    if (!where) return Error{"evacuation", fmt::format("{} is not on {} any more.", partition, system)};
    if (is_off(*where)) return success();
    if (!is_going_off(*where)) TRY(done(ask_(shutdown_command(system, partition))));
    return goes_off(partition, system);
  }

  Status start(const std::string& partition, const std::string& system) const {
    const auto where = TRY(where_is(ask_, {system}, partition));
    if (!where) return Error{"evacuation", fmt::format("{} is not on {} any more.", partition, system)};
    // An earlier run may have shut it down just now.
    if (is_going_off(*where)) TRY(goes_off(partition, system));
    return is_off(*where) || is_going_off(*where) ? done(ask_(start_command(system, partition))) : success();
  }

 private:
  Status goes_off(const std::string& partition, const std::string& system) const {
    for (int look = 0; look < looks_at_a_shutdown; ++look) {
      const auto where = TRY(where_is(ask_, {system}, partition));
      if (where && is_off(*where)) return success();
      course_.rest();
    }
    return Error{"evacuation", fmt::format("{} does not shut down.", partition)};
  }

  const Course& course_;
  const Ask& ask_;
  Records& records_;
  const Listener& listener_;
  std::mutex mutex_;
};

}  // namespace

Status empty(const Course& course, const Ask& ask, Records& records, const Listener& listener) {
  auto entries = TRY(records.entries(course.key));
  std::erase_if(entries, [](const Entry& each) { return each.step.action == Action::stays || each.outcome == Outcome::done; });
  Run run(course, ask, records, listener);
  return run.all(entries, Outcome::done, [&](const Entry& entry) {
    return entry.step.action == Action::move ? run.move(entry.step.partition, entry.step.from, entry.step.to)
                                             : run.shut_down(entry.step.partition, entry.step.from);
  });
}

Status bring_back(const Course& course, const Ask& ask, Records& records, const Listener& listener) {
  auto entries = TRY(records.entries(course.key));
  std::erase_if(entries, [](const Entry& each) { return each.step.action == Action::stays || each.outcome == Outcome::back; });
  Run run(course, ask, records, listener);
  TRY(run.all(entries, Outcome::back, [&](const Entry& entry) {
    if (entry.step.action == Action::move) return run.move(entry.step.partition, entry.step.to, entry.step.from);
    return entry.was_running ? run.start(entry.step.partition, entry.step.from) : success();
  }));
  for (const Entry& each : TRY(records.entries(course.key)))
    if (each.step.action != Action::stays && each.outcome != Outcome::back) return success();
  return records.forget(course.key);
}

}  // namespace emu::app::evacuation
