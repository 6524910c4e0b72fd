// SPDX-License-Identifier: GPL-2.0-or-later
// A frame's process: its name, its log, its sign of life; emu/frame does the rest.
#include "emu/frame/frame_process.h"
#include "emu/app/commands.h"
#include "emu/app/labs.h"
#include "emu/core/log.h"
#include "emu/core/secret.h"

#include <csignal>
#include <cstdlib>

#include <malloc.h>
#include <unistd.h>

namespace emu::app {

namespace {

constexpr Log log_process("frame-process");

// The heap of a thread otherwise grows by a page at a time, each by a call that waits until nobody faults in memory: for
// milliseconds each while a partition boots. Address space only; what is not used costs nothing.
void let_heaps_begin_large() { mallopt(M_TOP_PAD, 48 * MiB); }

class FrameProcess final : public Command {
 public:
  void accept(Options& options) override {
    options.value("--lab", "The lab's name", name_);
    options.value("--file", "Its file", file_);
    options.argument("FRAME", "Which frame of it", frame_, Needed::yes);
    options.flag("--power-on", "Activate the partitions that start by themselves", power_on_);
    options.value("--remains-of", "Start no partition, and answer to this process alone, as long as it lives", remains_of_);
  }

  int run() override {
    const auto status = serve();
    if (status) return exit_done;
    log_process.error("{}: {}", status.error().code, status.error().text);
    return failed(status.error());
  }

 private:
  Status serve() {
    let_heaps_begin_large();
    NamedLab lab = TRY(open_lab(file_, name_));
    open_log(lab.log_file(frame_), frame_, level_from_environment());
    const auto presence = TRY(Presence::claim(lab.presence_file(frame_)));
    // A limit on the size of files is an error of a write, as a full disk is.
    for (const int number : {SIGINT, SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
    if (std::getenv("TWINFRAME_TRACE"))
      for (FrameConfig& frame : lab.lab.frames)
        if (frame.name == frame_) frame.trace_file = lab.log_file("trace." + frame_);
    const std::string secret = TRY(lab_secret(lab.secret_file()));
    for (FrameConfig& frame : lab.lab.frames) frame.rmc_key = secret;
    const HostClock clock;
    const pid_t console = std::atoi(remains_of_.c_str());
    return frame::run_frame({.lab = lab.lab,
                             .folders = lab.folders,
                             .frame = frame_,
                             .service_file = console ? lab.remains_file(frame_) : lab.service_file(frame_),
                             .power_on = power_on_ ? frame::PowerOn::with_auto_start : frame::PowerOn::vioses_only,
                             .wanted = [console] { return console == 0 || getppid() == console; }},
                            clock);
  }

  std::string name_, file_, frame_, remains_of_;
  bool power_on_ = false;
};

}  // namespace

std::unique_ptr<Command> make_frame_process() { return std::make_unique<FrameProcess>(); }

}  // namespace emu::app
