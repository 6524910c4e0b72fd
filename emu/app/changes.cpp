// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/hmc_link.h"
#include "emu/app/json.h"
#include "emu/app/lab_option.h"
#include "emu/app/process.h"
#include "emu/core/clock.h"
#include "emu/core/text.h"
#include "hmc/attributes/time.h"

#include <csignal>
#include <cstdio>

#include <fmt/format.h>

namespace emu::app {

namespace {

constexpr u64 between_looks = 200 * millisecond;  // of --follow

volatile std::sig_atomic_t interrupted = 0;

Json as_json(const Change& change) {
  return Json::Object{{"number", change.number},   {"wall_ns", change.wall},        {"system", change.system},
                      {"lpar_id", change.lpar_id}, {"lpar_name", change.lpar_name}, {"kind", std::string(word_of(change.kind))},
                      {"detail", change.detail}};
}

void show(const Change& change) {
  const std::string whose = change.lpar_id ? fmt::format("{} ({})", change.lpar_name, change.lpar_id) : "-";
  fmt::print("{:>6} {} {:<10} {:<14} {:<9} {}\n", change.number, hmc::attributes::time_text(change.wall), change.system, whose,
             word_of(change.kind), change.detail);
}

// How changes are shown, and which.
enum class Form { table, list, lines };

class ChangeReader {
 public:
  void accept(Options& options, const std::string& default_after) {
    console_.accept(options);
    options.value("--after", fmt::format("Only those with a higher number (default: {})", default_after), after_);
  }
  // `follow`: until interrupted. Without --after: all that are kept, or what comes from now on.
  int show_all(Form form, bool follow, bool from_now) const {
    const auto after = parse_number<u64>(after_.empty() ? "0" : after_);
    if (!after) return failed({"usage", fmt::format("--after {}: a number is expected.", after_)}, exit_misused);
    const auto status = list(*after, form, follow, from_now && after_.empty());
    if (status) return exit_done;
    return failed(status.error().code == "closed" ? hmc_gone() : status.error());
  }

 private:
  Status list(u64 after, Form form, bool follow, bool from_now) const {
    const ConsolePlace console = TRY(console_.find());
    std::signal(SIGINT, [](int) { interrupted = 1; });
    std::signal(SIGTERM, [](int) { interrupted = 1; });
    // A connection for each question: many who follow, and are stopped perhaps, leave room for others.
    const auto read = [&]() -> Result<Changes> {
      const auto channel = TRY(connect_hmc(console.hmc_file()));
      return ask_hmc(*channel, hmc_link::ReadChanges{after, 0}, 3 * nanoseconds_per_second);
    };
    Changes heard = TRY(read());
    if (after > heard.last)
      return Error{"usage", fmt::format("--after {}: the last change has the number {}.", after, heard.last)};
    if (after && !heard.complete) std::fprintf(stderr, "Some of them are not kept any more: look at everything.\n");
    if (from_now) heard.changes.clear();
    if (form == Form::list) {
      Json::List all;
      for (const Change& change : heard.changes) all.push_back(as_json(change));
      std::printf("%s\n", Json(std::move(all)).text().c_str());
      return success();
    }
    for (;;) {
      for (const Change& change : heard.changes) form == Form::table ? show(change) : show_line(change);
      std::fflush(stdout);
      after = heard.last;
      if (!follow || interrupted || std::ferror(stdout)) return success();
      sleep_ns(between_looks);
      heard = TRY(read());
    }
  }
  static void show_line(const Change& change) { std::printf("%s\n", as_json(change).line().c_str()); }

  ConsoleOption console_;
  std::string after_;
};

class ChangesCommand final : public Command {
 public:
  void accept(Options& options) override {
    reader_.accept(options, "all that are kept");
    options.flag("--follow", "Then wait for more, until interrupted", follow_);
    options.flag("--json", "As one list of objects; with --follow, an object a line", json_);
  }
  int run() override { return reader_.show_all(!json_ ? Form::table : follow_ ? Form::lines : Form::list, follow_, false); }

 private:
  ChangeReader reader_;
  bool follow_ = false;
  bool json_ = false;
};

class EventsCommand final : public Command {
 public:
  void accept(Options& options) override { reader_.accept(options, "what comes from now on"); }
  int run() override { return reader_.show_all(Form::lines, true, true); }

 private:
  ChangeReader reader_;
};

}  // namespace

std::unique_ptr<Command> make_changes() { return std::make_unique<ChangesCommand>(); }
std::unique_ptr<Command> make_events() { return std::make_unique<EventsCommand>(); }

}  // namespace emu::app
