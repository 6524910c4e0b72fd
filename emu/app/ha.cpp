// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe ha: packages, which are partitions that are kept running. (docs/operations.md)
#include <atomic>
#include <csignal>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "emu/app/commands.h"
#include "emu/app/frames.h"
#include "emu/app/ha/monitor.h"
#include "emu/app/hmc_link.h"
#include "emu/app/json.h"
#include "emu/app/lab_option.h"
#include "emu/core/log.h"
#include "emu/core/names.h"

namespace emu::app {

namespace {

using namespace ha;

std::atomic<bool> interrupted{false};

constexpr std::string_view usage =
    "monitor | status [--json] | run PACKAGE | halt PACKAGE | enable PACKAGE | disable PACKAGE | move [-v] -P PACKAGE -h FRAME";

class Ha final : public Command {
 public:
  void accept(Options& options) override {
    lab_option_.accept(options);
    options.rest("WORDS", std::string(usage), words_);
  }

  int run() override {
    if (words_.empty()) return misused();
    const auto lab = lab_option_.find();
    if (!lab) return failed(lab.error());
    lab_ = *lab;
    const auto services = read_services(lab_.lab);
    if (!services) return failed(services.error(), exit_misused);
    packages_ = services->packages;
    if (packages_.empty()) return failed({"ha", fmt::format("Lab {} has no [[package]].", lab_.lab.name)});
    auto records = Records::open(lab_.folders.state);
    if (!records) return failed(records.error());
    records_ = std::move(*records);
    for (const Verb& verb : verbs) {
      if (verb.name != words_[0]) continue;
      const Result<int> done = (this->*verb.run)();
      if (done && *done == exit_misused) return misused();
      return done ? *done : failed(done.error());
    }
    return misused();
  }

 private:
  struct Verb {
    std::string_view name;
    Result<int> (Ha::*run)();
  };
  static const Verb verbs[7];

  static int misused() { return failed({"usage", fmt::format("twinframe ha {}", usage)}, exit_misused); }

  Result<const Package*> package(const std::string& name) const {
    for (const Package& each : packages_)
      if (each.name == name) return &each;
    std::vector<std::string> names;
    for (const Package& each : packages_) names.push_back(each.name);
    return Error{"ha", fmt::format("There is no package {}, but {}.", shown_name(name), fmt::join(names, ", "))};
  }
  Result<const Package*> named() const {
    if (words_.size() != 2) return static_cast<const Package*>(nullptr);
    return package(words_[1]);
  }

  std::string monitor_file() const { return lab_.folders.state + "/ha.monitor"; }

  // ---- monitor ----

  Result<int> monitor() {
    if (words_.size() != 1) return exit_misused;
    open_log(lab_.log_file("ha"), "ha", level_from_environment());
    auto turn = Presence::claim(monitor_file());
    if (!turn && turn.error().code == "taken") return Error{"ha", "A monitor of this lab's packages runs already."};
    if (!turn) return turn.error();
    for (const int number : {SIGINT, SIGTERM}) std::signal(number, [](int) { interrupted = true; });
    std::signal(SIGPIPE, SIG_IGN);
    // It ends with its lab.
    const std::string lab_file = lab_.folders.state + "/lab";
    TRY(watch(lab_, packages_, *records_, [lab_file] { return interrupted || access(lab_file.c_str(), F_OK) != 0; }));
    return exit_done;
  }

  // ---- status ----

  Result<int> status() {
    const bool json = words_.size() == 2 && words_[1] == "--json";
    if (words_.size() > 1 && !json) return exit_misused;
    const auto witness = TRY(witness_of(lab_));
    const bool monitored = living(monitor_file()).has_value();
    Json::List list;
    if (!json)
      fmt::print("{:<16}{:<16}{:<12}{:<16}{:<10}{:<9}FRAMES\n", "PACKAGE", "PARTITION", "OWNER", "STATE", "SWITCHING",
                 "RESTARTS");
    for (const Package& each : packages_) {
      const Record record = records_->of(each.name);
      const std::string owner = owner_of(lab_, *witness, each);
      const std::string state = state_of(each, owner);
      const bool enabled = record.switching && record.moves_to.empty();
      const std::string frames = fmt::format("{}", fmt::join(each.frames, ","));
      if (!json)
        fmt::print("{:<16}{:<16}{:<12}{:<16}{:<10}{:<9}{}\n", each.name, each.partition, owner,
                   record.wanted ? state : state + ", halted", enabled ? "enabled" : "disabled", record.restarts, frames);
      Json::Object object{{"package", each.name},
                          {"partition", each.partition},
                          {"owner", owner},
                          {"state", state},
                          {"wanted", record.wanted},
                          {"switching", enabled},
                          {"moves_to", record.moves_to},
                          {"restarts", record.restarts}};
      list.push_back(std::move(object));
    }
    Json::List events;
    for (const Event& event : records_->events(20))
      events.push_back(Json::Object{{"wall", event.wall}, {"package", event.package}, {"text", event.text}});
    if (json)
      fmt::print(
          "{}\n",
          Json(Json::Object{{"monitored", monitored}, {"packages", std::move(list)}, {"events", std::move(events)}}).text());
    else
      fmt::print("\n{}\n", monitored ? "The monitor watches." : "No monitor runs: `twinframe ha monitor` starts one.");
    return exit_done;
  }

  std::string state_of(const Package& package, const std::string& owner) const {
    if (owner.empty()) return "nowhere";
    const auto channel = connect_frame(lab_, owner);
    const auto told =
        channel ? service::ask(**channel, service::ListLpars{}, nanoseconds_per_second) : Result<service::Lpars>(Error{});
    if (!told) return "no connection";
    for (const auto& lpar : told->lpars)
      if (lpar.definition.uuid == package.uuid) return std::string(name_of(lpar.state));
    return "nowhere";
  }

  // ---- what somebody wants ----

  int hmc(const std::vector<std::string>& words) const {
    const auto code = run_hmc_command(
        lab_.hmc_file(), words, [](std::string_view text) { fmt::print("{}", text); }, [] { return false; });
    return code ? *code : failed(code.error());
  }

  Result<int> switch_on(bool switching) {
    const Package* chosen = TRY(named());
    if (!chosen) return exit_misused;
    TRY(records_->enable(chosen->name, switching));
    TRY(records_->note(chosen->name, switching ? "switching is enabled" : "switching is disabled"));
    return exit_done;
  }
  Result<int> enable() { return switch_on(true); }
  Result<int> disable() { return switch_on(false); }

  Result<int> start() {
    const Package* chosen = TRY(named());
    if (!chosen) return exit_misused;
    TRY(records_->want(chosen->name, true));
    const auto witness = TRY(witness_of(lab_));
    const std::string owner = owner_of(lab_, *witness, *chosen);
    if (state_of(*chosen, owner) == name_of(LparState::running)) return exit_done;
    return hmc({"chsysstate", "-r", "lpar", "-m", owner, "-o", "on", "-n", chosen->partition});
  }
  // First written down: the monitor must not start it again.
  Result<int> halt() {
    const Package* chosen = TRY(named());
    if (!chosen) return exit_misused;
    TRY(records_->want(chosen->name, false));
    const auto witness = TRY(witness_of(lab_));
    const std::string owner = owner_of(lab_, *witness, *chosen);
    if (state_of(*chosen, owner) == name_of(LparState::not_activated)) return exit_done;
    return hmc({"chsysstate", "-r", "lpar", "-m", owner, "-o", "osshutdown", "--immed", "-n", chosen->partition});
  }

  // ---- move ----

  Result<int> move() {
    bool verbose = false;
    std::string name, frame;
    for (size_t i = 1; i < words_.size(); ++i) {
      if (words_[i] == "-v")
        verbose = true;
      else if (words_[i] == "-P" && i + 1 < words_.size())
        name = words_[++i];
      else if (words_[i] == "-h" && i + 1 < words_.size())
        frame = words_[++i];
      else
        return exit_misused;
    }
    if (name.empty() || frame.empty()) return exit_misused;
    const Package& chosen = *TRY(package(name));
    if (std::ranges::count(chosen.frames, frame) == 0)
      return Error{"ha", fmt::format("Package {} may run on {}.", name, fmt::join(chosen.frames, ", "))};
    const auto witness = TRY(witness_of(lab_));
    const std::string owner = owner_of(lab_, *witness, chosen);
    if (owner == frame) return Error{"ha", fmt::format("Package {} is on {} already.", name, frame)};
    auto turn = Presence::claim(move_file(lab_, chosen));
    if (!turn && turn.error().code == "taken") return Error{"ha", fmt::format("Another process moves package {}.", name)};
    if (!turn) return turn.error();
    std::signal(SIGINT, SIG_IGN);  // it is ended by migrlpar -o s
    const auto tell = [&](const std::string& line) {
      if (verbose) fmt::print("{}\n", line), std::fflush(stdout);
    };
    TRY(records_->move(name, frame));
    tell(fmt::format("1. Switching of package {} is disabled. Its monitor goes on: {} owns it, by the witness.", name, owner));
    TRY(records_->note(name, fmt::format("moves from {} to {}", owner, frame)));
    tell(fmt::format("2. migrlpar -o m -m {} -t {} -p {}", owner, frame, chosen.partition));
    std::vector<std::string> words{"migrlpar", "-o", "m", "-m", owner, "-t", frame, "-p", chosen.partition, "-w", "5"};
    if (verbose) words.emplace_back("-v");
    const int code = hmc(words);
    const std::string now = owner_of(lab_, *witness, chosen);
    TRY(records_->move(name, ""));
    TRY(records_->note(name, fmt::format("its move has ended with exit status {}: {} owns it", code, now)));
    tell(fmt::format("3. Switching of package {} is enabled again: {} owns it, by the witness.", name, now));
    return code;
  }

  LabOption lab_option_;
  std::vector<std::string> words_;
  NamedLab lab_;
  std::vector<Package> packages_;
  std::unique_ptr<Records> records_;
};

const Ha::Verb Ha::verbs[7] = {{"monitor", &Ha::monitor}, {"status", &Ha::status},   {"run", &Ha::start}, {"halt", &Ha::halt},
                               {"enable", &Ha::enable},   {"disable", &Ha::disable}, {"move", &Ha::move}};

}  // namespace

std::unique_ptr<Command> make_ha() { return std::make_unique<Ha>(); }

}  // namespace emu::app
