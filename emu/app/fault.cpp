// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe fault: makes something go wrong in a lab that runs.
#include <fmt/format.h>

#include "emu/app/commands.h"
#include "emu/app/faults.h"
#include "emu/app/hmc_link.h"
#include "emu/app/lab_option.h"
#include "emu/core/clock.h"
#include "emu/core/text.h"

namespace emu::app {

namespace {

class FaultCommand final : public Command {
 public:
  void accept(Options& options) override {
    console_.accept(options);
    options.flag("--kinds", "Which faults there are", kinds_);
    options.flag("--list", "Those of commands that are in force", list_);
    options.value("--clear", "Forget one of them: its number, or all", clear_);
    options.rest("WHERE FAULT[:VALUE] ...",
                 "a frame, or hmc (hmc-NAME: another console), and what is to happen: `frameA slow-mover:20000000`, "
                 "`hmc answer:HSCL3205 command=migrlpar object=mobile count=2`",
                 words_);
  }

  int run() override {
    if (kinds_) {
      fmt::print("{}", faults_as_markdown());
      return exit_done;
    }
    const auto running = console_.find_lab();
    if (!running) return failed(running.error());
    const auto lab = open_lab(running->file, running->name);
    if (!lab) return failed(lab.error());
    if (list_ || !clear_.empty()) return at_consoles(*lab);
    if (words_.size() < 2)
      return failed({"words", "twinframe fault WHERE FAULT[:VALUE] ...; --kinds lists what there is."}, exit_misused);
    const auto done = inject_fault(*lab, words_[0], {words_.begin() + 1, words_.end()});
    if (!done) return failed(done.error());
    if (!done->empty()) fmt::print("fault {}\n", *done);
    return exit_done;
  }

 private:
  // Of all consoles, or the one that is named.
  int at_consoles(const NamedLab& lab) const {
    const auto only = lab.console_number(console_.name());
    if (!only) return failed(only.error());
    for (size_t i = 0; i < lab.lab.consoles.size(); ++i) {
      if (!console_.name().empty() && i != *only) continue;
      if (list_ && lab.lab.consoles.size() > 1) fmt::print("console {}\n", lab.lab.consoles[i].name);
      if (const int code = list_ ? show(lab.console(i)) : forget(lab.console(i)); code != exit_done) return code;
    }
    return exit_done;
  }

  template <class Request>
  static Result<typename Request::Reply> ask(const ConsolePlace& console, const Request& request) {
    const auto channel = TRY(connect_hmc(console.hmc_file()));
    return ask_hmc(*channel, request, 10 * nanoseconds_per_second);
  }

  static int show(const ConsolePlace& console) {
    const auto listed = ask(console, hmc_link::ListCommandFaults{});
    if (!listed) return failed(listed.error());
    for (const hmc::CommandFault& fault : listed->faults) fmt::print("{}\n", line_of(fault));
    return exit_done;
  }
  int forget(const ConsolePlace& console) const {
    const auto number = clear_ == "all" ? std::optional<u32>(0) : parse_number<u32>(clear_);
    if (!number || (*number == 0 && clear_ != "all")) return failed({"usage", "--clear takes a number, or all."}, exit_misused);
    const auto cleared = ask(console, hmc_link::ClearCommandFaults{*number});
    if (!cleared) return failed(cleared.error());
    return cleared->error.empty() ? exit_done : failed({"fault", cleared->error});
  }

  ConsoleOption console_;
  bool kinds_ = false, list_ = false;
  std::string clear_;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_fault() { return std::make_unique<FaultCommand>(); }

}  // namespace emu::app
