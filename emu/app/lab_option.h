// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// `--lab NAME`: which of several running labs a command means.

#include "emu/app/command.h"
#include "emu/app/labs.h"

namespace emu::app {

class LabOption {
 public:
  void accept(Options& options) {
    options.value("--lab", "Which lab: its name (default: the only one that runs, or pair)", name_);
  }
  Result<NamedLab> find() const { return find_lab(name_); }
  Result<RunningLab> find_running() const { return app::find_running(name_); }
  const std::string& name() const { return name_; }

 private:
  std::string name_;
};

}  // namespace emu::app
