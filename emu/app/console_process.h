// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// What the processes of a console have in common: which console of which lab they are of, their log, and how they end.

#include "emu/app/command.h"
#include "emu/app/labs.h"
#include "emu/core/log.h"

namespace emu::app {

class ConsoleProcess : public Command {
 public:
  void accept(Options&) final;
  int run() final;
  static bool ending();  // somebody has told the process to end

 protected:
  using Name = std::string (ConsolePlace::*)() const;
  ConsoleProcess(Log log, Name process) : log_(log), process_(process) {}
  virtual Status work(const NamedLab&, size_t number) = 0;  // until ending()

 private:
  Status serve_until_told();

  const Log log_;
  const Name process_;
  std::string name_, file_, console_name_;
};

}  // namespace emu::app
