// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/faults.h"

#include "emu/app/process.h"
#include "emu/core/clock.h"
#include "emu/core/text.h"

#include <csignal>
#include <filesystem>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace emu::app::console {

namespace {

constexpr u64 patience = 5 * nanoseconds_per_second;
constexpr u64 interval = 2 * nanoseconds_per_second;

std::shared_ptr<Task> set(const NamedLab& lab, const FaultEntry& entry) {
  return run_beside([lab, where = entry.target, words = entry.words]() -> Result<std::string> {
    TRY(inject_fault(lab, where, emu::words(words, ' ')));
    return std::string();
  });
}

std::shared_ptr<Task> taken_back(const NamedLab& lab, const FaultEntry& entry) {
  return run_beside([lab, where = entry.target, number = entry.number]() -> Result<std::string> {
    TRY(clear_faults(lab, where, number));
    return std::string();
  });
}

std::shared_ptr<Task> killed(const NamedLab& lab, const FaultEntry& entry) {
  return run_beside([file = lab.presence_file(entry.target), process = entry.target]() -> Result<std::string> {
    if (!living(file)) return Error{"process", fmt::format("{} does not run.", process)};
    if (!end_process(file, SIGKILL, patience)) return Error{"process", fmt::format("{} does not die.", process)};
    return std::string();
  });
}

// As the user would type it: `twinframe up FILE --name NAME` starts what is missing, and it stays when we end.
std::shared_ptr<Task> started_again(const NamedLab& lab, const FaultEntry&) {
  return run_beside([file = lab.lab.file, name = lab.lab.name]() -> Result<std::string> {
    const std::string program = (std::filesystem::path(own_path()).parent_path() / "twinframe").string();
    const pid_t child = fork();
    if (child < 0) return Error{"process", "The host starts no further process."};
    if (child == 0) {
      close_range(3, ~0U, 0);
      setsid();
      execl(program.c_str(), "twinframe", "up", file.c_str(), "--name", name.c_str(), static_cast<char*>(nullptr));
      _exit(127);
    }
    return wait_for_exit(child) == 0 ? Result<std::string>(std::string())
                                     : Error{"process", "What is missing could not be started."};
  });
}

}  // namespace

std::vector<FaultEntry> faults_of(const NamedLab& lab, const std::vector<FaultInForce>& in_force) {
  std::vector<FaultEntry> all;
  const auto add = [&](const std::string& group, const std::string& target, FaultOf of) {
    for (const FaultKind& kind : fault_kinds())
      if (kind.of == of && !kind.shown.empty())
        all.push_back({group, std::string(kind.shown), target, std::string(kind.example), set});
  };
  for (const FrameConfig& frame : lab.lab.frames) {
    add(frame.name, frame.name, FaultOf::frame);
    all.push_back({frame.name, "Kill it (kill -9)", frame.name, "", killed});
  }
  const bool only = lab.lab.consoles.size() == 1;
  for (size_t i = 0; i < lab.lab.consoles.size(); ++i) {
    const std::string group = only ? "HMC and lab" : lab.lab.consoles[i].name, process = lab.console(i).process();
    add(group, process, FaultOf::console);
    all.push_back({group, only ? "Kill the HMC (kill -9)" : "Kill it (kill -9)", process, "", killed});
  }
  all.push_back({only ? "HMC and lab" : "Lab", "Start again what is dead", "", "", started_again});
  for (const auto& [name, keys] : {std::pair{"It refuses in the check phase", "refuse check\r"},
                                   {"It refuses in the prepare phase", "refuse pre\r"},
                                   {"It refuses no more", "refuse off\r"}})
    all.push_back({.group = "Guest", .name = name, .target = keys, .words = "", .typed = true});
  for (const FaultInForce& each : in_force)
    all.push_back({"In force", line_of(lab, each), each.where, "", taken_back, each.fault.number});
  return all;
}

FaultPoll::FaultPoll(const NamedLab& lab) : lab_(lab), thread_([this] { run(); }) {}

FaultPoll::~FaultPoll() {
  end_ = true;
  alarm_.ring();
  thread_.join();
}

void FaultPoll::run() {
  while (!end_) {
    if (auto listed = faults_in_force(lab_)) state_.set(std::move(*listed));
    if (!end_) alarm_.sleep(interval);
  }
}

}  // namespace emu::app::console
