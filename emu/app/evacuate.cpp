// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe evacuate: empties a system, and brings everybody home again. (Redbook 1.6.1)
#include <atomic>
#include <csignal>
#include <cstdio>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "emu/app/commands.h"
#include "emu/app/evacuation/console.h"
#include "emu/app/evacuation/plan.h"
#include "emu/app/evacuation/progress.h"
#include "emu/app/evacuation/records.h"
#include "emu/app/evacuation/run.h"
#include "emu/app/hmc_link.h"
#include "emu/app/json.h"
#include "emu/app/lab_option.h"
#include "emu/app/process.h"
#include "emu/core/clock.h"
#include "emu/core/names.h"
#include "emu/core/text.h"

namespace emu::app {

namespace {

using namespace evacuation;

constexpr u64 between_looks = 200 * millisecond;
constexpr u32 most_at_once = 32;

std::atomic<bool> interrupted{false};  // set by a signal, read by all threads

std::string command_of(const Step& step, const std::string& from) {
  std::string line;
  for (const std::string& word :
       step.action == Action::move ? move_command(from, step.to, step.partition) : shutdown_command(from, step.partition))
    line += (line.empty() ? "" : " ") + word;
  return line;
}

std::string_view word_of(Outcome outcome) {
  constexpr std::string_view words[] = {"open", "done", "failed", "back"};
  return words[static_cast<size_t>(outcome) - 1];
}
std::string_view word_of(Action action) {
  constexpr std::string_view words[] = {"move", "shutdown", "stays"};
  return words[static_cast<size_t>(action) - 1];
}

class Evacuate final : public Command {
 public:
  void accept(Options& options) override {
    console_.accept(options);
    options.argument("SYSTEM", "Which system is emptied", system_, Needed::yes);
    options.value("--to", "Where partitions may go: systems, parted by commas (default: all others of the console)", to_);
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
    if (planned_already && !(to_ + shutdown_ + apart_).empty())
      return failed({"usage", "--resume and --back do what was planned: they take neither --to nor --shutdown nor --apart."},
                    exit_misused);
    const auto at_once = parse_number<u32>(parallel_.empty() ? "4" : parallel_);
    if (!at_once || *at_once == 0 || *at_once > most_at_once)
      return failed({"usage", fmt::format("--parallel is a number from 1 to {}.", most_at_once)}, exit_misused);
    const auto place = console_.find();
    if (!place) return failed(place.error());
    hmc_file_ = place->hmc_file();
    state_folder_ = place->folders.state;
    const auto records = Records::open(place->folders.state);
    if (!records) return failed(records.error());
    const auto status = planned_already ? go_on(**records, *at_once) : begin(**records, *at_once);
    return status ? *status : failed(status.error());
  }

 private:
  Result<Answer> ask(const std::vector<std::string>& words) const {
    Answer answer;
    answer.code = TRY(run_hmc_command(hmc_file_, words, [&](std::string_view text) { answer.output += text; }));
    return answer;
  }
  Ask asker() const {
    return [this](const std::vector<std::string>& words) { return ask(words); };
  }

  Result<std::vector<std::string>> all_systems() const {
    const Answer answer = TRY(ask({"lssyscfg", "-r", "sys", "-F", "name"}));
    if (answer.code) return Error{"hmc", answer.output.substr(0, answer.output.find('\n'))};
    return words(answer.output, '\n');
  }

  // ---- a plan ----

  Result<std::vector<std::string>> destinations(Records& records, const std::vector<std::string>& systems) const {
    const auto emptied = TRY(records.systems());
    std::vector<std::string> chosen = words(to_, ',');
    for (const std::string& each : chosen) {
      if (std::ranges::count(systems, each) == 0)
        return Error{"evacuation", fmt::format("The console has no system {}.", shown_name(each))};
      if (each == system_) return Error{"evacuation", fmt::format("{} is the system that is emptied.", each)};
      if (std::ranges::count(emptied, each)) return in_maintenance(each);
    }
    if (chosen.empty())
      for (const std::string& each : systems)
        if (each != system_ && !std::ranges::count(emptied, each)) chosen.push_back(each);
    if (chosen.empty()) return Error{"evacuation", "There is no other system."};
    return chosen;
  }

  Result<std::vector<Entry>> planned(Records& records, const std::vector<std::string>& systems) const {
    const auto targets = TRY(destinations(records, systems));
    const Ask console = asker();
    auto guests = TRY(guests_of(console, system_));
    Wishes wishes;
    wishes.shutdown = words(shutdown_, ',');
    for (const std::string& group : words(apart_, ';')) wishes.apart.push_back(words(group, ','));
    std::vector<std::string> named = wishes.shutdown;
    for (const auto& group : wishes.apart) named.insert(named.end(), group.begin(), group.end());
    for (const std::string& name : named)
      if (std::ranges::count(guests, name, &Guest::name) == 0)
        return Error{"evacuation", fmt::format("{} has no partition {} that could move.", system_, shown_name(name))};
    std::vector<Room> rooms;
    for (const std::string& target : targets) rooms.push_back(TRY(room_of(console, target)));
    const auto is_stopped = [&](const Guest& guest) { return std::ranges::count(wishes.shutdown, guest.name) > 0; };
    const size_t questions = static_cast<size_t>(std::ranges::count_if(guests, std::not_fn(is_stopped))) * targets.size();
    size_t asked = 0;
    for (Guest& guest : guests) {
      if (is_stopped(guest)) continue;
      for (const std::string& target : targets) {
        if (isatty(2)) fmt::print(stderr, "\rvalidating {} of {}", ++asked, questions);
        guest.why_not[target] = TRY(validated(console, system_, target, guest.name));
      }
    }
    if (asked) fmt::print(stderr, "\r\x1B[K");
    std::vector<Entry> entries;
    for (Step& step : plan(guests, std::move(rooms), wishes)) {
      const bool running = std::ranges::find(guests, step.partition, &Guest::name)->running;
      entries.push_back({std::move(step), running, Outcome::open, ""});
    }
    return entries;
  }

  void show(const std::vector<Entry>& entries) const {
    if (json_) {
      Json::List list;
      for (const Entry& each : entries) {
        Json::Object object{{"partition", each.step.partition}, {"action", std::string(word_of(each.step.action))}};
        if (each.step.action == Action::move) object.emplace_back("to", each.step.to);
        if (each.step.action != Action::stays) object.emplace_back("command", command_of(each.step, system_));
        if (each.step.action == Action::stays) object.emplace_back("why", each.step.why);
        object.emplace_back("outcome", std::string(word_of(each.outcome)));
        if (!each.error.empty()) object.emplace_back("error", each.error);
        list.push_back(std::move(object));
      }
      fmt::print("{}\n", Json(Json::Object{{"system", system_}, {"partitions", std::move(list)}}).text());
      return;
    }
    for (const Entry& each : entries) {
      if (each.step.action != Action::stays)
        fmt::print("{}\n", command_of(each.step, system_));
      else
        fmt::print("# {} stays: {}\n", each.step.partition, each.step.why);
    }
    if (entries.empty()) fmt::print("# {} has no partitions but Virtual I/O Servers.\n", system_);
  }

  // ---- what is done ----

  Result<int> begin(Records& records, u32 at_once) {
    const auto systems = TRY(all_systems());
    if (std::ranges::count(systems, system_) == 0)
      return Error{"evacuation", fmt::format("The console has no system {}.", shown_name(system_))};
    if (!plan_only_ && !TRY(records.entries(system_)).empty()) return recorded_already(system_);
    const auto entries = TRY(planned(records, systems));
    if (plan_only_) {
      show(entries);
      return stay(entries) ? exit_failed : exit_done;
    }
    const auto turn = TRY(take_turn());
    TRY(records.begin(system_, entries));
    return carry_out(records, systems, at_once, &evacuation::empty);
  }

  Result<int> go_on(Records& records, u32 at_once) {
    if (TRY(records.entries(system_)).empty())
      return Error{"evacuation", fmt::format("No evacuation of {} is recorded.", shown_name(system_))};
    const auto turn = TRY(take_turn());
    return carry_out(records, TRY(all_systems()), at_once, back_ ? &evacuation::bring_back : &evacuation::empty);
  }

  // One process at a time does what a record says.
  Result<std::unique_ptr<Presence>> take_turn() const {
    auto turn = Presence::claim(fmt::format("{}/evacuation-{}", state_folder_, system_));
    if (!turn && turn.error().code == "taken")
      return Error{"evacuation", fmt::format("Another process is busy with the evacuation of {}. Wait for its end.", system_)};
    return turn;
  }

  static size_t stay(const std::vector<Entry>& entries) {
    return static_cast<size_t>(std::ranges::count(entries, Action::stays, [](const Entry& each) { return each.step.action; }));
  }

  // How far each migration is, for the bars, until it is told to end.
  void watch(Progress& progress, const std::atomic<bool>& ended) const {
    std::unique_ptr<Channel> channel;
    while (!ended) {
      if (!channel)
        if (auto connected = connect_hmc(hmc_file_)) channel = std::move(*connected);
      if (channel) {
        const auto moves = ask_hmc(*channel, hmc_link::ListMoves{}, nanoseconds_per_second);
        if (!moves) channel.reset();
        std::map<std::string, u32> percent;
        if (moves)
          for (const hmc::MoveStatus& move : moves->moves)
            if (move.ended_at == 0) percent[move.lpar_name] = move.percent;
        progress.at(percent);
      }
      sleep_ns(between_looks);
    }
  }

  Result<int> carry_out(Records& records, std::vector<std::string> systems, u32 at_once,
                        Status (*work)(const Course&, const Ask&, Records&, const Listener&)) {
    for (const int number : {SIGINT, SIGTERM}) std::signal(number, [](int) { interrupted = true; });
    const Outcome goal = back_ ? Outcome::back : Outcome::done;
    const auto before = TRY(records.entries(system_));
    size_t all = 0, already = 0;
    for (const Entry& each : before) {
      if (each.step.action == Action::stays) continue;
      ++all;
      already += each.outcome == goal;
    }
    std::atomic<bool> ended{false};
    {
      Progress progress(all, already, !json_ && isatty(1), [this](const std::string& text) {
        std::fputs(text.c_str(), json_ ? stderr : stdout);
        std::fflush(json_ ? stderr : stdout);
      });
      const Listener listener{
          [&](const Entry& entry) {
            const Step& step = entry.step;
            progress.begins(step.partition, step.action == Action::move ? "to " + (back_ ? system_ : step.to)
                                            : back_                     ? "is started"
                                                                        : "is shut down");
          },
          [&](const Entry& entry, const Error* error) { progress.ended(entry.step.partition, error ? error->text : "done"); }};
      std::thread watcher([&] { watch(progress, ended); });
      const Course course{system_, std::move(systems), at_once, [] { return interrupted.load(); },
                          [] { sleep_ns(between_looks); }};
      const Status status = work(course, asker(), records, listener);
      ended = true;
      watcher.join();
      TRY(status);
    }
    return summary(TRY(records.entries(system_)), goal);
  }

  int summary(const std::vector<Entry>& entries, Outcome goal) const {
    if (json_) show(entries);
    if (entries.empty()) {
      if (!json_) fmt::print("Everybody is home: {} is not in maintenance any more.\n", system_);
      return exit_done;
    }
    size_t left = 0;
    for (const Entry& each : entries) left += each.step.action != Action::stays && each.outcome != goal;
    const size_t staying = goal == Outcome::done ? stay(entries) : 0;
    if (!json_) {
      for (const Entry& each : entries)
        if (staying && each.step.action == Action::stays) fmt::print("{} stays: {}\n", each.step.partition, each.step.why);
      if (left) fmt::print("{} left: `twinframe evacuate {} {}` tries again.\n", left, system_, back_ ? "--back" : "--resume");
      if (!left && !staying && goal == Outcome::done)
        fmt::print("{} is empty, and in maintenance: `twinframe evacuate {} --back` brings everybody home.\n", system_, system_);
    }
    return left || staying ? exit_failed : exit_done;
  }

  ConsoleOption console_;
  std::string system_, to_, shutdown_, apart_, parallel_;
  bool plan_only_ = false, json_ = false, resume_ = false, back_ = false;
  std::string hmc_file_, state_folder_;
};

}  // namespace

std::unique_ptr<Command> make_evacuate() { return std::make_unique<Evacuate>(); }

}  // namespace emu::app
