// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe-console: what `twinframe console` becomes.
#include "emu/app/command_line.h"
#include "emu/app/console/lab_viewer.h"

#include <csignal>

namespace {

class Shower final : public emu::app::Command {
 public:
  void accept(emu::app::Options& options) override { options_.accept(options); }
  int run() override {
    std::signal(SIGPIPE, SIG_IGN);
    const auto lab = emu::app::find_lab(options_.lab);
    if (!lab) return emu::app::failed(lab.error());
    const emu::HostClock clock;
    const auto shown = emu::app::console::show_lab(*lab, options_, clock);
    if (shown) return emu::app::exit_done;
    return emu::app::failed(shown.error(), shown.error().code == "misused" ? emu::app::exit_misused : emu::app::exit_failed);
  }

 private:
  emu::app::ConsoleOptions options_;
};

}  // namespace

int main(int argc, char** argv) {
  Shower shower;
  return emu::app::run_only(shower, "twinframe console", "A window on a lab.", argc, argv);
}
