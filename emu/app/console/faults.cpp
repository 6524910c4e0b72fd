// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/console/faults.h"

#include "emu/app/frames.h"
#include "emu/app/process.h"
#include "emu/core/clock.h"

#include <csignal>
#include <filesystem>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace emu::app::console {

namespace {

constexpr u64 patience = 5 * nanoseconds_per_second;

Result<std::string> inject(const NamedLab& lab, const std::string& frame, const std::string& what) {
  const auto channel = TRY(connect_frame(lab, frame));
  TRY(service::ask(*channel, service::InjectFault{what, 0}, patience));
  return std::string();
}

template <const char* what>
std::shared_ptr<Task> injected(const NamedLab& lab, const std::string& frame) {
  return run_beside([lab, frame] { return inject(lab, frame, what); });
}

std::shared_ptr<Task> killed(const NamedLab& lab, const std::string& process) {
  return run_beside([file = lab.presence_file(process), process]() -> Result<std::string> {
    if (!living(file)) return Error{"process", fmt::format("{} does not run.", process)};
    if (!end_process(file, SIGKILL, patience)) return Error{"process", fmt::format("{} does not die.", process)};
    return std::string();
  });
}

// As the user would type it: `twinframe up FILE --name NAME` starts what is missing, and it stays when we end.
std::shared_ptr<Task> started_again(const NamedLab& lab, const std::string&) {
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

constexpr char cut[] = "cut-mover-link";
constexpr char restore[] = "restore-mover-link";
constexpr char slow[] = "slow-mover:20000000";
constexpr char fast[] = "slow-mover:0";
constexpr char unplug[] = "unplug-network";
constexpr char plug[] = "plug-network";
constexpr char fill[] = "fill-memory";
constexpr char give_back[] = "free-memory";

struct Kind {
  const char* name;
  std::shared_ptr<Task> (*start)(const NamedLab&, const std::string&);
};
constexpr Kind kinds[] = {
    {"Cut its mover link", injected<cut>},
    {"Restore its mover link", injected<restore>},
    {"Slow its mover to 20 MB/s", injected<slow>},
    {"Mover as fast as it goes", injected<fast>},
    {"Unplug its network", injected<unplug>},
    {"Plug its network in", injected<plug>},
    {"Fill its memory", injected<fill>},
    {"Free its memory", injected<give_back>},
    {"Kill it (kill -9)", killed},
};

}  // namespace

std::vector<Fault> faults_of(const NamedLab& lab) {
  std::vector<Fault> all;
  for (const FrameConfig& frame : lab.lab.frames)
    for (const Kind& kind : kinds) all.push_back({frame.name, kind.name, kind.start, frame.name, false});
  const std::string hmc(hmc_process_name);
  all.push_back({"HMC and lab", "Kill the HMC (kill -9)", killed, hmc, false});
  all.push_back({"HMC and lab", "Start again what is dead", started_again, "", false});
  all.push_back({"Guest", "It refuses in the check phase", nullptr, "refuse check\r", true});
  all.push_back({"Guest", "It refuses in the prepare phase", nullptr, "refuse pre\r", true});
  all.push_back({"Guest", "It refuses no more", nullptr, "refuse off\r", true});
  return all;
}

}  // namespace emu::app::console
