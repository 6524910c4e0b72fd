// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/lab_option.h"
#include "emu/core/clock.h"
#include "emu/core/paths.h"

#include <cstdio>
#include <filesystem>

namespace emu::app {

namespace {

constexpr u64 patience = 15 * nanoseconds_per_second;

class Down final : public Command {
 public:
  void accept(Options& options) override {
    options.argument("LAB", "The lab's name, or its file (default: the only one that runs, or pair)", lab_, Needed::no);
    options.value("--lab", "The same", lab_);
    options.flag("--wipe", "Forget its state too: disks, journals, logs", wipe_);
  }

  int run() override {
    const auto lab = find();
    if (!lab) return failed(lab.error());
    std::printf("lab %s\n", lab->lab.name.c_str());
    const auto stopped = stop(*lab, patience, wipe_ ? State::wipe : State::stays, [](const std::string& line) {
      std::printf("  %s\n", line.c_str());
      std::fflush(stdout);
    });
    if (!stopped) return failed(stopped.error());
    return exit_done;
  }

 private:
  Result<NamedLab> find() const {
    std::string name = lab_;
    if (name.find('/') != name.npos || std::filesystem::path(name).extension() == ".toml") {
      const Lab read = TRY(read_lab(lab_));
      name = read.name;
    }
    auto lab = find_lab(name);
    // State can be wiped of a lab that does not run. One whose file cannot be read any more may run still.
    const bool is_off = !lab && wipe_ && !name.empty() && !find_running(name);
    if (is_off && may_be_lab(name) && is_there(lab_folder_names(name).state)) {
      NamedLab stopped;
      stopped.lab.name = name;
      stopped.folders = lab_folder_names(name);
      return stopped;
    }
    return lab;
  }

  std::string lab_;
  bool wipe_ = false;
};

}  // namespace

std::unique_ptr<Command> make_down() { return std::make_unique<Down>(); }

}  // namespace emu::app
