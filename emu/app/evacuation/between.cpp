// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/between.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/app/evacuation/emptying.h"
#include "emu/app/evacuation/work.h"
#include "emu/app/lab_option.h"
#include "emu/core/names.h"
#include "emu/core/text.h"

namespace emu::app::evacuation {

namespace {

class BetweenCommand final : public Command {
 public:
  explicit BetweenCommand(Between between) : between_(std::move(between)), key_(not_a_system + between_.name) {}

  void accept(Options& options) override {
    console_.accept(options);
    options.value("--among", "Between which systems, parted by commas (default: all of the console that are in no maintenance)",
                  among_);
    options.value("--apart", "Partitions that are to be on different systems: A,B; several groups are parted by ;", apart_);
    options.value("--parallel", "So many at a time (default: 4)", parallel_);
    options.flag("--plan", "Only say who would go where, with the commands", plan_only_);
    options.flag("--json", "As JSON", json_);
    options.flag("--resume", "Go on with what was interrupted, or try again what has failed", resume_);
    options.flag("--forget", "Leave everybody where he is now, and forget what was planned", forget_);
  }

  int run() override {
    if (resume_ + forget_ + plan_only_ > 1)
      return failed({"usage", "--plan, --resume and --forget exclude each other."}, exit_misused);
    if ((resume_ || forget_) && !(among_ + apart_).empty())
      return failed({"usage", "--resume and --forget are of what was planned: they take neither --among nor --apart."},
                    exit_misused);
    const auto at_once = number_at_once(parallel_);
    if (!at_once) return failed(at_once.error(), exit_misused);
    const auto place = console_.find();
    if (!place) return failed(place.error());
    const Work work(*place, json_);
    const auto records = Records::open(place->folders.state);
    if (!records) return failed(records.error());
    const auto status = resume_ || forget_ ? go_on(work, **records, *at_once) : begin(work, **records, *at_once);
    return status ? *status : failed(status.error());
  }

 private:
  Result<std::vector<std::string>> systems(const Work& work, Records& records) const {
    const auto all = TRY(work.all_systems());
    const auto emptied = TRY(records.systems());
    std::vector<std::string> chosen = words(among_, ',');
    for (const std::string& each : chosen) {
      if (std::ranges::count(all, each) == 0)
        return Error{"evacuation", fmt::format("The console has no system {}.", shown_name(each))};
      if (std::ranges::count(emptied, each)) return in_maintenance(each);
    }
    if (chosen.empty())
      for (const std::string& each : all)
        if (!std::ranges::count(emptied, each)) chosen.push_back(each);
    if (chosen.size() < 2) return Error{"evacuation", "That needs two systems at least."};
    return chosen;
  }

  Result<int> begin(const Work& work, Records& records, u32 at_once) const {
    if (!plan_only_ && !TRY(records.entries(key_)).empty())
      return Error{"evacuation", "One is recorded already: go on with --resume, or give it up with --forget."};
    const Ask console = work.asker();
    std::vector<Guest> guests;
    std::vector<Room> rooms;
    for (const std::string& system : TRY(systems(work, records))) {
      rooms.push_back(TRY(room_of(console, system)));
      for (Guest& guest : TRY(guests_of(console, system))) guests.push_back(std::move(guest));
    }
    Wishes wishes;
    wishes.apart = groups_of(apart_);
    for (const auto& group : wishes.apart)
      for (const std::string& name : group)
        if (std::ranges::count(guests, name, &Guest::name) == 0)
          return Error{"evacuation", fmt::format("None of these systems has a partition {}.", shown_name(name))};
    wishes.judge = judge_on_demand(console);
    std::vector<std::string> notes;
    std::vector<Entry> entries;
    for (Step& step : between_.plan(guests, std::move(rooms), wishes, notes)) {
      const bool running = std::ranges::find_if(guests, [&](const Guest& guest) {
                             return guest.name == step.partition && guest.system == step.from;
                           })->running;
      entries.push_back({std::move(step), running, Outcome::open, ""});
    }
    if (plan_only_ || entries.empty()) {
      work.show(key_, entries);
      if (!json_)
        for (const std::string& note : notes) fmt::print("# {}\n", note);
      if (!json_ && entries.empty()) fmt::print("# {}\n", between_.nothing);
      return exit_done;
    }
    const auto turn = TRY(work.take_turn(key_));
    TRY(records.begin(key_, entries));
    return finish(work, records, at_once);
  }

  Result<int> go_on(const Work& work, Records& records, u32 at_once) const {
    if (TRY(records.entries(key_)).empty()) return Error{"evacuation", "None is recorded."};
    const auto turn = TRY(work.take_turn(key_));
    if (!forget_) return finish(work, records, at_once);
    TRY(records.forget(key_));
    return exit_done;
  }

  Result<int> finish(const Work& work, Records& records, u32 at_once) const {
    const auto entries = TRY(work.carry_out(records, key_, at_once, Work::Way::there));
    const size_t left = that_are_left(entries, Outcome::done);
    if (json_) work.show(key_, entries);
    if (left) {
      if (!json_) fmt::print("{} left: `twinframe {} --resume` tries again.\n", left, between_.name);
      return exit_failed;
    }
    TRY(records.forget(key_));
    if (!json_) fmt::print("All have moved.\n");
    return exit_done;
  }

  const Between between_;
  const std::string key_;
  ConsoleOption console_;
  std::string among_, apart_, parallel_;
  bool plan_only_ = false, json_ = false, resume_ = false, forget_ = false;
};

}  // namespace

std::unique_ptr<Command> make_between(Between between) { return std::make_unique<BetweenCommand>(std::move(between)); }

}  // namespace emu::app::evacuation
