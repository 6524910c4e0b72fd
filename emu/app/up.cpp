// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/labs.h"

#include <cstdio>
#include <cstdlib>

namespace emu::app {

namespace {

class Up final : public Command {
 public:
  void accept(Options& options) override {
    options.argument("LAB.toml", "The lab file (default: images/labs/pair.toml)", file_, Needed::no);
    options.value("--name", "Another name for the lab than its own: so the same file can run several times", name_);
    options.flag("--trace", "Write what the guests execute to trace.FRAME.PARTITION beside the logs (very slow; docs/tracing.md)",
                 trace_);
  }

  int run() override {
    const auto lab = open_lab(file_.empty() ? default_lab_file() : file_, name_);
    if (!lab) return failed(lab.error(), exit_misused);
    std::printf("lab %s from %s\n", lab->lab.name.c_str(), lab->lab.file.c_str());
    if (trace_) setenv("TWINFRAME_TRACE", "1", 1);  // for the processes that are started now
    const auto tell = [](const std::string& line) {
      std::printf("  %s\n", line.c_str());
      std::fflush(stdout);
    };
    if (const auto status = start(*lab, Ends::by_itself, tell); !status)
      return failed(status.error(), status.error().code == "lab" ? exit_misused : exit_failed);
    std::printf("ready: try `twinframe status`, `twinframe vterm FRAME PARTITION`, `twinframe hmc lssyscfg -r sys`\n");
    return exit_done;
  }

 private:
  std::string file_, name_;
  bool trace_ = false;
};

}  // namespace

std::unique_ptr<Command> make_up() { return std::make_unique<Up>(); }

}  // namespace emu::app
