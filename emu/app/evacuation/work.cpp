// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/work.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <functional>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "emu/app/hmc_link.h"
#include "emu/app/json.h"
#include "emu/core/clock.h"
#include "emu/core/text.h"

namespace emu::app::evacuation {

namespace {

constexpr u64 between_looks = 200 * millisecond;
constexpr u32 most_at_once = 32;

std::atomic<bool> interrupted{false};  // set by a signal, read by all threads

std::string_view word_of(Outcome outcome) {
  constexpr std::string_view words[] = {"open", "done", "failed", "back"};
  return words[static_cast<size_t>(outcome) - 1];
}
std::string_view word_of(Action action) {
  constexpr std::string_view words[] = {"move", "shutdown", "stays"};
  return words[static_cast<size_t>(action) - 1];
}

std::string command_of(const Step& step) {
  return line_of(step.action == Action::move ? move_command(step.from, step.to, step.partition)
                                             : shutdown_command(step.from, step.partition));
}

}  // namespace

std::string line_of(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) {
    const std::string quote = word.find(' ') == word.npos ? "" : "\"";
    line += (line.empty() ? "" : " ") + quote + word + quote;
  }
  return line;
}

Result<u32> number_at_once(const std::string& text) {
  const auto number = parse_number<u32>(text.empty() ? "4" : text);
  if (number && *number > 0 && *number <= most_at_once) return *number;
  return Error{"usage", fmt::format("--parallel is a number from 1 to {}.", most_at_once)};
}

size_t that_stay(const std::vector<Entry>& entries) {
  return static_cast<size_t>(std::ranges::count(entries, Action::stays, [](const Entry& each) { return each.step.action; }));
}

size_t that_are_left(const std::vector<Entry>& entries, Outcome goal) {
  return static_cast<size_t>(std::ranges::count_if(
      entries, [&](const Entry& each) { return each.step.action != Action::stays && each.outcome != goal; }));
}

Status judge(const Ask& ask, std::vector<Guest>& guests, const std::vector<std::string>& targets,
             const std::function<bool(const Guest&)>& left_out) {
  const size_t questions = static_cast<size_t>(std::ranges::count_if(guests, std::not_fn(left_out))) * targets.size();
  size_t asked = 0;
  for (Guest& guest : guests) {
    if (left_out(guest)) continue;
    for (const std::string& target : targets) {
      if (isatty(2)) fmt::print(stderr, "\rvalidating {} of {}", ++asked, questions);
      guest.why_not[target] = TRY(validated(ask, guest.system, target, guest.name));
    }
  }
  if (asked) fmt::print(stderr, "\r\x1B[K");
  return success();
}

std::function<std::string(const Guest&, const std::string& to)> judge_on_demand(const Ask& ask) {
  return [ask, known = std::map<std::pair<std::string, std::string>, std::string>()](const Guest& guest,
                                                                                     const std::string& to) mutable {
    const auto [found, fresh] = known.insert({{guest.system + "/" + guest.name, to}, ""});
    if (!fresh) return found->second;
    const auto answer = validated(ask, guest.system, to, guest.name);
    return found->second = answer ? *answer : answer.error().text;
  };
}

Ask Work::asker() const {
  return [file = hmc_file_](const std::vector<std::string>& words) -> Result<Answer> {
    Answer answer;
    answer.code = TRY(run_hmc_command(file, words, [&](std::string_view text) { answer.output += text; }));
    return answer;
  };
}

Status Work::command(const std::vector<std::string>& words) const {
  const Answer answer = TRY(asker()(words));
  if (answer.code == 0) return success();
  return Error{"hmc", answer.output.substr(0, answer.output.find('\n'))};
}

Result<std::vector<std::string>> Work::all_systems() const {
  const Answer answer = TRY(asker()({"lssyscfg", "-r", "sys", "-F", "name"}));
  if (answer.code) return Error{"hmc", answer.output.substr(0, answer.output.find('\n'))};
  return words(answer.output, '\n');
}

Result<std::unique_ptr<Presence>> Work::take_turn(const std::string& key) const {
  const bool of_system = key[0] != not_a_system;
  const std::string what = of_system ? "the evacuation of " + key : key.substr(1);
  auto turn = Presence::claim(fmt::format("{}/evacuation-{}", state_folder_, of_system ? key : key.substr(1)));
  if (!turn && turn.error().code == "taken")
    return Error{"evacuation", fmt::format("Another process is busy with {}. Wait for its end.", what)};
  return turn;
}

void Work::show(const std::string& key, const std::vector<Entry>& entries,
                const std::vector<std::vector<std::string>>& before) const {
  if (!json_) {
    for (const auto& each : before) fmt::print("{}\n", line_of(each));
    for (const Entry& each : entries) {
      if (each.step.action != Action::stays)
        fmt::print("{}\n", command_of(each.step));
      else
        fmt::print("# {} stays: {}\n", each.step.partition, each.step.why);
    }
    return;
  }
  Json::List list;
  for (const Entry& each : entries) {
    Json::Object object{{"partition", each.step.partition}, {"action", std::string(word_of(each.step.action))}};
    if (each.step.action == Action::move) object.emplace_back("from", each.step.from);
    if (each.step.action == Action::move) object.emplace_back("to", each.step.to);
    if (each.step.action != Action::stays) object.emplace_back("command", command_of(each.step));
    if (each.step.action == Action::stays) object.emplace_back("why", each.step.why);
    object.emplace_back("outcome", std::string(word_of(each.outcome)));
    if (!each.error.empty()) object.emplace_back("error", each.error);
    list.push_back(std::move(object));
  }
  Json::Object all;
  if (key[0] != not_a_system) all.emplace_back("system", key);
  if (!before.empty()) {
    Json::List first;
    for (const auto& each : before) first.push_back(line_of(each));
    all.emplace_back("before", std::move(first));
  }
  all.emplace_back("partitions", std::move(list));
  fmt::print("{}\n", Json(std::move(all)).text());
}

// How far each migration is, for the bars, until it is told to end.
void Work::watch(Progress& progress, const std::atomic<bool>& ended) const {
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

Result<std::vector<Entry>> Work::carry_out(Records& records, const std::string& key, u32 at_once, Way way, bool fresh) const {
  for (const int number : {SIGINT, SIGTERM}) std::signal(number, [](int) { interrupted = true; });
  const bool back = way == Way::back;
  const Outcome goal = back ? Outcome::back : Outcome::done;
  const auto before = TRY(records.entries(key));
  const size_t all = before.size() - that_stay(before);
  auto systems = TRY(all_systems());
  std::atomic<bool> ended{false};
  {
    Progress progress(all, all - that_are_left(before, goal), !json_ && isatty(1), [this](const std::string& text) {
      std::fputs(text.c_str(), json_ ? stderr : stdout);
      std::fflush(json_ ? stderr : stdout);
    });
    const Listener listener{
        [&](const Entry& entry) {
          const Step& step = entry.step;
          progress.begins(step.partition, step.action == Action::move ? "to " + (back ? step.from : step.to)
                                          : back                      ? "is started"
                                                                      : "is shut down");
        },
        [&](const Entry& entry, const Error* error) { progress.ended(entry.step.partition, error ? error->text : "done"); }};
    std::thread watcher([&] { watch(progress, ended); });
    const Course course{key,  std::move(systems), at_once, [] { return interrupted.load(); }, [] { sleep_ns(between_looks); },
                        fresh};
    const Status status = (back ? &evacuation::bring_back : &evacuation::empty)(course, asker(), records, listener);
    ended = true;
    watcher.join();
    TRY(status);
  }
  return records.entries(key);
}

}  // namespace emu::app::evacuation
