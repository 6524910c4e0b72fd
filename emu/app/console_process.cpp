// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console_process.h"

#include "emu/app/process.h"

#include <atomic>
#include <csignal>

namespace emu::app {

namespace {

std::atomic<bool> told{false};

}  // namespace

bool ConsoleProcess::ending() { return told.load(); }

void ConsoleProcess::accept(Options& options) {
  options.value("--lab", "The lab's name", name_);
  options.value("--file", "Its file", file_);
  options.value("--console", "Which console of it", console_name_);
}

int ConsoleProcess::run() {
  const auto status = serve_until_told();
  if (status) return exit_done;
  log_.error("{}", status.error().text);
  return failed(status.error());
}

Status ConsoleProcess::serve_until_told() {
  const NamedLab lab = TRY(open_lab(file_, name_));
  const size_t number = TRY(lab.console_number(console_name_));
  const std::string process = (lab.console(number).*process_)();
  open_log(lab.log_file(process), process, level_from_environment());
  const auto presence = TRY(Presence::claim(lab.presence_file(process)));
  std::signal(SIGTERM, [](int) { told = true; });
  std::signal(SIGINT, SIG_IGN);
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
  TRY(work(lab, number));
  log_.info("ending");
  return success();
}

}  // namespace emu::app
