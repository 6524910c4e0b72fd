// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe evacuate: empties a system, or takes some partitions off it, and brings everybody home again. (Redbook 1.6.1)
#include <fmt/format.h>

#include "emu/app/commands.h"
#include "emu/app/evacuation/emptying.h"
#include "emu/app/lab_option.h"
#include "emu/core/names.h"
#include "emu/core/text.h"

namespace emu::app {

namespace {

using namespace evacuation;

class Evacuate final : public Command {
 public:
  void accept(Options& options) override {
    console_.accept(options);
    options.argument("SYSTEM", "Which system is emptied", system_, Needed::yes);
    options.value("--to", "Where partitions may go: systems, parted by commas (default: all others of the console)", to_);
    options.value("--partitions", "Only these, parted by commas; the system is not in maintenance then", partitions_);
    options.value("--shutdown", "Partitions that are shut down instead, parted by commas", shutdown_);
    options.value("--apart", "Partitions that go to different systems: A,B; several groups are parted by ;", apart_);
    options.value("--parallel", "So many at a time (default: 4)", parallel_);
    options.flag("--plan", "Only say who would go where, with the commands, and why somebody cannot", plan_only_);
    options.flag("--json", "As JSON", json_);
    options.flag("--resume", "Go on with an evacuation that was interrupted, or try again what has failed", resume_);
    options.flag("--back", "Bring everybody home, and start who was shut down", back_);
  }

  int run() override {
    if (resume_ + back_ + plan_only_ > 1)
      return failed({"usage", "--plan, --resume and --back exclude each other."}, exit_misused);
    const bool planned_already = resume_ || back_;
    if (planned_already && !(to_ + shutdown_ + apart_ + partitions_).empty())
      return failed(
          {"usage", "--resume and --back do what was planned: they take neither --to nor --partitions, --shutdown, --apart."},
          exit_misused);
    const auto at_once = number_at_once(parallel_);
    if (!at_once) return failed(at_once.error(), exit_misused);
    const auto place = console_.find();
    if (!place) return failed(place.error());
    const Work work(*place, json_);
    const auto records = Records::open(place->folders.state);
    if (!records) return failed(records.error());
    const auto status = planned_already ? go_on(work, **records, *at_once) : begin(work, **records, *at_once);
    return status ? *status : failed(status.error());
  }

 private:
  Emptying wanted() const {
    return {system_, words(to_, ','), words(partitions_, ','), words(shutdown_, ','), groups_of(apart_)};
  }

  Result<int> begin(const Work& work, Records& records, u32 at_once) const {
    const Emptying emptying = wanted();
    if (!plan_only_)
      for (const std::string& each : {system_, emptying.some_key()})
        if (!TRY(records.entries(each)).empty())
          return Error{"evacuation",
                       fmt::format("An evacuation of {} is recorded already: go on with --resume, or bring everybody home with "
                                   "--back.",
                                   system_)};
    const auto entries = TRY(plan(work, records, emptying));
    if (plan_only_) {
      const std::vector<std::vector<std::string>> nothing;
      work.show(emptying.key(), entries, entries.empty() ? nothing : emptying.before());
      if (entries.empty() && !json_) fmt::print("# {} has no partitions but Virtual I/O Servers.\n", system_);
      return that_stay(entries) ? exit_failed : exit_done;
    }
    const auto turn = TRY(work.take_turn(emptying.key()));
    return summary(work, TRY(evacuation::begin(work, records, emptying, entries, at_once)), Outcome::done, emptying.only.empty());
  }

  Result<int> go_on(const Work& work, Records& records, u32 at_once) const {
    const bool of_all = !TRY(records.entries(system_)).empty();
    const std::string key = of_all ? system_ : wanted().some_key();
    if (TRY(records.entries(key)).empty())
      return Error{"evacuation", fmt::format("No evacuation of {} is recorded.", shown_name(system_))};
    const auto turn = TRY(work.take_turn(key));
    const auto entries = TRY(evacuation::go_on(work, records, key, at_once, back_ ? Work::Way::back : Work::Way::there));
    return summary(work, entries, back_ ? Outcome::back : Outcome::done, of_all);
  }

  int summary(const Work& work, const std::vector<Entry>& entries, Outcome goal, bool of_all) const {
    const size_t left = that_are_left(entries, goal);
    const size_t staying = goal == Outcome::done ? that_stay(entries) : 0;
    if (json_) {
      work.show(system_, entries);
    } else if (entries.empty()) {
      fmt::print("{}\n", of_all ? fmt::format("Everybody is home: {} is not in maintenance any more.", system_)
                                : std::string("Everybody is home."));
    } else {
      for (const Entry& each : entries)
        if (staying && each.step.action == Action::stays) fmt::print("{} stays: {}\n", each.step.partition, each.step.why);
      if (left) fmt::print("{} left: `twinframe evacuate {} {}` tries again.\n", left, system_, back_ ? "--back" : "--resume");
      if (!left && !staying && goal == Outcome::done)
        fmt::print("{}: `twinframe evacuate {} --back` brings everybody home.\n",
                   of_all ? system_ + " is empty, and in maintenance" : "All have moved", system_);
    }
    return left || staying ? exit_failed : exit_done;
  }

  ConsoleOption console_;
  std::string system_, to_, partitions_, shutdown_, apart_, parallel_;
  bool plan_only_ = false, json_ = false, resume_ = false, back_ = false;
};

}  // namespace

std::unique_ptr<Command> make_evacuate() { return std::make_unique<Evacuate>(); }

}  // namespace emu::app
