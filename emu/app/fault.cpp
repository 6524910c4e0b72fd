// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe fault: makes something go wrong in a lab that runs.
#include <fmt/format.h>

#include "emu/app/commands.h"
#include "emu/app/faults.h"
#include "emu/app/lab_option.h"
#include "emu/core/text.h"

namespace emu::app {

namespace {

class FaultCommand final : public Command {
 public:
  void accept(Options& options) override {
    console_.accept(options);
    options.flag("--kinds", "Which faults there are", kinds_);
    options.flag("--list", "Those that are in force, of all or of WHERE", list_);
    options.value("--clear", "Take one of them back: its number, and WHERE if it is not the only console's; or all", clear_);
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
    if (list_ || !clear_.empty()) return in_force(*lab);
    if (words_.size() < 2)
      return failed({"words", "twinframe fault WHERE FAULT[:VALUE] ...; --kinds lists what there is."}, exit_misused);
    const auto done = inject_fault(*lab, words_[0], {words_.begin() + 1, words_.end()});
    if (!done) return failed(done.error());
    if (!done->empty()) fmt::print("fault {}\n", *done);
    return exit_done;
  }

 private:
  int in_force(const NamedLab& lab) const {
    if (words_.size() > 1) return failed({"words", "--list and --clear take one WHERE."}, exit_misused);
    std::string where = words_.empty() ? "" : words_[0];
    if (!console_.name().empty()) {
      const auto only = lab.console_number(console_.name());
      if (!only) return failed(only.error());
      if (!where.empty()) return failed({"words", "--console and WHERE name the same."}, exit_misused);
      where = lab.console(*only).process();
    }
    return list_ ? show(lab, where) : forget(lab, where);
  }

  static int show(const NamedLab& lab, const std::string& where) {
    const auto listed = faults_in_force(lab, where);
    if (!listed) return failed(listed.error());
    for (const FaultInForce& each : *listed) fmt::print("{}\n", line_of(lab, each));
    return exit_done;
  }
  int forget(const NamedLab& lab, const std::string& where) const {
    const auto number = clear_ == "all" ? std::optional<u32>(0) : parse_number<u32>(clear_);
    if (!number || (*number == 0 && clear_ != "all")) return failed({"usage", "--clear takes a number, or all."}, exit_misused);
    const Status cleared = clear_faults(lab, where, *number);
    return cleared ? exit_done : failed(cleared.error());
  }

  ConsoleOption console_;
  bool kinds_ = false, list_ = false;
  std::string clear_;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_fault() { return std::make_unique<FaultCommand>(); }

}  // namespace emu::app
