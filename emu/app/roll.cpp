// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe roll: system by system is emptied, its process started again with the program as it is on disk now, and filled again.
#include <algorithm>
#include <csignal>

#include <fmt/format.h>

#include "emu/app/commands.h"
#include "emu/app/evacuation/emptying.h"
#include "emu/app/lab_option.h"
#include "emu/core/clock.h"
#include "emu/core/names.h"
#include "emu/core/text.h"
#include "emu/link/service.h"

namespace emu::app {

namespace {

using namespace evacuation;

constexpr u64 patience = 30 * nanoseconds_per_second;
constexpr u64 start_patience = 180 * nanoseconds_per_second;

// Of one that answers as this program asks.
Result<service::SystemInfo> described(const NamedLab& lab, const std::string& frame) {
  const auto channel = connect(lab.service_file(frame), nanoseconds_per_second);
  if (!channel) return Error{"roll", fmt::format("{} does not answer: start it with `twinframe up` first.", frame)};
  auto info = service::ask(**channel, service::DescribeSystem{}, patience);
  if (!info)
    return Error{"roll", fmt::format("{} runs a program with which this one cannot work: {} Stop the lab with `twinframe down`, "
                                     "and start it with this program.",
                                     frame, info.error().text)};
  if (info->streams > service::stream_format)
    return Error{"roll", fmt::format("{} writes streams of migrations in format {}, and this program reads them up to format {}: "
                                     "it is the older one.",
                                     frame, info->streams, service::stream_format)};
  return info;
}

class Roll final : public Command {
 public:
  void accept(Options& options) override {
    console_.accept(options);
    options.value("--frames", "Which, and in which order, parted by commas (default: all of the console)", frames_);
    options.value("--shutdown", "Partitions that are shut down meanwhile instead of moved, parted by commas", shutdown_);
    options.value("--parallel", "So many partitions at a time (default: 4)", parallel_);
    options.flag("--plan", "Only say what would be done, as commands, and why it cannot", plan_only_);
    options.flag("--resume", "Go on with what was interrupted", resume_);
  }

  int run() override {
    if (resume_ && plan_only_) return failed({"usage", "--plan and --resume exclude each other."}, exit_misused);
    if (resume_ && !(frames_ + shutdown_).empty())
      return failed({"usage", "--resume goes on with what was begun: it takes neither --frames nor --shutdown."}, exit_misused);
    const auto at_once = number_at_once(parallel_);
    if (!at_once) return failed(at_once.error(), exit_misused);
    const auto place = console_.find();
    if (!place) return failed(place.error());
    const auto records = Records::open(place->folders.state);
    if (!records) return failed(records.error());
    const auto status = roll(Work(*place, false), **records, *at_once);
    return status ? *status : failed(status.error());
  }

 private:
  Result<int> roll(const Work& work, Records& records, u32 at_once) const {
    const RunningLab running = TRY(console_.find_lab());
    const NamedLab lab = TRY(find_lab(running.name));
    std::vector<std::string> frames = resume_ ? TRY(records.roll()) : words(frames_, ',');
    if (resume_ && frames.empty()) return Error{"roll", "No rolling update is recorded."};
    const auto systems = TRY(work.all_systems());
    if (frames.empty()) frames = systems;
    // Before anything is done: each can be asked, and its partitions have a place.
    for (const std::string& frame : frames) {
      if (std::ranges::count(systems, frame) == 0)
        return Error{"roll", fmt::format("The console has no system {}.", shown_name(frame))};
      TRY(described(lab, frame));
    }
    if (!resume_ || plan_only_)
      for (const std::string& frame : frames) TRY(may_be_emptied(work, records, frame));
    if (plan_only_) return exit_done;
    const auto turn = TRY(work.take_turn(std::string(1, not_a_system) + "rolling update"));
    if (!resume_) TRY(records.begin_roll(frames));
    for (const std::string& frame : frames) {
      fmt::print("{}\n", frame);
      TRY(one(work, records, lab, frame, at_once));
      TRY(records.rolled(frame));
    }
    fmt::print("All of them run the program of now.\n");
    return exit_done;
  }

  // Names that are its own.
  Emptying emptying(const Work& work, const std::string& frame) const {
    Emptying wanted;
    wanted.system = frame;
    const auto guests = guests_of(work.asker(), frame);
    for (const std::string& name : words(shutdown_, ','))
      if (guests && std::ranges::count(*guests, name, &Guest::name)) wanted.shutdown.push_back(name);
    return wanted;
  }

  Status may_be_emptied(const Work& work, Records& records, const std::string& frame) const {
    if (!TRY(records.entries(frame)).empty())
      return Error{"roll", fmt::format("{0} is being emptied already: `twinframe evacuate {0} --back` ends that.", frame)};
    const Emptying wanted = emptying(work, frame);
    const auto entries = TRY(plan(work, records, wanted));
    if (plan_only_) {
      work.show(wanted.key(), entries, wanted.before());
      fmt::print("# {0}: its process is started again\ntwinframe evacuate {0} --back\n", frame);
    }
    for (const Entry& each : entries)
      if (each.step.action == Action::stays)
        return Error{"roll", fmt::format("{} would have to be stopped with {}: {}", each.step.partition, frame, each.step.why)};
    return success();
  }

  Status one(const Work& work, Records& records, const NamedLab& lab, const std::string& frame, u32 at_once) const {
    const auto turn = TRY(work.take_turn(frame));
    const auto before = TRY(records.entries(frame));
    const bool begun = !before.empty();
    // Who is home again runs on the new process.
    if (std::ranges::none_of(before, [](const Entry& each) { return each.outcome == Outcome::back; })) {
      std::vector<Entry> entries;
      if (begun) {
        entries = TRY(go_on(work, records, frame, at_once, Work::Way::there));
      } else {
        const Emptying wanted = emptying(work, frame);
        entries = TRY(plan(work, records, wanted));
        if (entries.empty()) return restart(work, lab, frame);
        entries = TRY(evacuation::begin(work, records, wanted, entries, at_once));
      }
      if (that_are_left(entries, Outcome::done) + that_stay(entries) > 0)
        return Error{"roll", fmt::format("{} could not be emptied. Go on with `twinframe roll --resume`, or bring everybody home "
                                         "with `twinframe evacuate {} --back`.",
                                         frame, frame)};
      TRY(restart(work, lab, frame));
    }
    const auto entries = TRY(go_on(work, records, frame, at_once, Work::Way::back));
    if (that_are_left(entries, Outcome::back) > 0)
      return Error{"roll", fmt::format("Not everybody is back on {}: `twinframe roll --resume` tries again.", frame)};
    return success();
  }

  // In order: its Virtual I/O Servers are told. It comes back as after a crash, and activates them.
  Status restart(const Work& work, const NamedLab& lab, const std::string& frame) const {
    const auto guests = TRY(guests_of(work.asker(), frame));
    for (const Guest& guest : guests)
      if (guest.running) return Error{"roll", fmt::format("{} runs on {} meanwhile.", guest.name, frame)};
    const std::string file = lab.presence_file(frame);
    bool gone = !living(file);
    if (!gone)
      if (const auto channel = connect(lab.service_file(frame), nanoseconds_per_second))
        if (service::ask(**channel, service::Shutdown{}, patience)) gone = wait_until_gone(file, patience);
    if (!gone && !end_process(file, SIGKILL, patience))
      return Error{"roll", fmt::format("The process of {} does not end.", frame)};
    TRY(start(lab, Ends::by_itself, [](const std::string&) {}));
    fmt::print("{}: started again\n", frame);
    return wait_for_servers(work, frame);
  }

  static Status wait_for_servers(const Work& work, const std::string& frame) {
    const HostClock clock;
    const u64 deadline = clock.monotonic() + start_patience;
    while (true) {
      const auto listed = work.asker()({"lssyscfg", "-r", "lpar", "-m", frame, "-F", "lpar_env,state,rmc_state"});
      bool ready = listed && listed->code == 0;
      if (ready)
        for (const std::string& line : words(listed->output, '\n'))
          ready = ready && (!line.starts_with("vioserver,Running") || line.ends_with(",active")) &&
                  !line.starts_with("vioserver,Starting");
      if (ready) return success();
      if (clock.monotonic() > deadline)
        return Error{"roll",
                     fmt::format("The Virtual I/O Servers of {} do not answer. When they do: `twinframe roll --resume`.", frame)};
      sleep_ns(200 * millisecond);
    }
  }

  ConsoleOption console_;
  std::string frames_, shutdown_, parallel_;
  bool plan_only_ = false, resume_ = false;
};

}  // namespace

std::unique_ptr<Command> make_roll() { return std::make_unique<Roll>(); }

}  // namespace emu::app
