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

// `--console NAME` besides: which of the lab's consoles.
class ConsoleOption {
 public:
  void accept(Options& options) {
    lab_.accept(options);
    options.value("--console", "Which console of the lab: its name (default: the first)", name_);
  }
  Result<ConsolePlace> find() const { return TRY(lab_.find_running()).console(name_); }
  Result<RunningLab> find_lab() const { return lab_.find_running(); }
  const std::string& name() const { return name_; }

 private:
  LabOption lab_;
  std::string name_;
};

}  // namespace emu::app
