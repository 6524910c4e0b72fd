// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/labs.h"

#include "emu/app/credentials.h"
#include "emu/app/faults.h"
#include "emu/app/frames.h"
#include "emu/app/hmc_link.h"
#include "emu/app/luns.h"
#include "emu/core/clock.h"
#include "emu/core/names.h"
#include "emu/core/paths.h"
#include "emu/core/secret.h"
#include "emu/link/service.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace emu::app {

namespace {

namespace fs = std::filesystem;

constexpr u64 second = nanoseconds_per_second;
constexpr u64 start_timeout = 60 * second;

std::string last_line(const std::string& file) {
  std::ifstream stream(file);
  std::string line, last;
  while (std::getline(stream, line))
    if (!line.empty()) last = line;
  return last;
}

bool answers(const NamedLab& lab, const LabProcess& process) {
  const u64 patience = second / 5;
  const ConsolePlace place = lab.console(process.console);
  switch (process.kind) {
    case LabProcess::Kind::hmc: {
      const auto channel = connect(place.hmc_file(), patience);
      return channel && ask_hmc(**channel, hmc_link::ListForwards{}, 5 * second);
    }
    case LabProcess::Kind::ssh:
      return living(lab.presence_file(process.name)) && ssh_endpoint(place);
    case LabProcess::Kind::frame:
      break;
  }
  const auto channel = connect(lab.service_file(process.name), patience);
  return channel && service::ask(**channel, service::DescribeSystem{}, 5 * second);
}

std::vector<std::string> command_of(const NamedLab& lab, const LabProcess& process, bool power_on) {
  std::vector<std::string> words{"frame-process", "--lab", lab.lab.name, "--file", lab.lab.file};
  if (process.kind == LabProcess::Kind::frame) {
    words.push_back(process.name);
    if (power_on) words.emplace_back("--power-on");
    return words;
  }
  words[0] = process.kind == LabProcess::Kind::hmc ? "hmc-process" : "ssh-process";
  words.insert(words.end(), {"--console", lab.lab.consoles[process.console].name});
  return words;
}

// LUNs are files of holes at first: a disk that nobody has written reads as zeros.
Status wait_for(const NamedLab& lab, const LabProcess& process, u64 deadline) {
  const HostClock clock;
  const std::string& name = process.name;
  while (!answers(lab, process)) {
    if (!living(lab.presence_file(name))) {
      const std::string why = last_line(lab.output_file(name));
      return Error{"process", fmt::format("{} has ended: {}", name, why.empty() ? "see " + lab.log_file(name) : why)};
    }
    if (clock.monotonic() > deadline)
      return Error{"process", fmt::format("{} does not answer; see {}", name, lab.log_file(name))};
    sleep_ns(10'000'000);
  }
  return success();
}

// The partitions that the lab file says are activated with the lab, wherever they are now.
std::set<std::string> started_with(const Lab& lab) {
  std::set<std::string> uuids;
  for (const FrameConfig& frame : lab.frames)
    for (const LparDefinition& lpar : frame.partitions)
      if (lpar.starts_with_system()) uuids.insert(lpar.uuid);
  return uuids;
}

// The rest of a lab works without one of its Virtual I/O Servers or partitions, so it stays up. But what somebody wanted to run does not.
Status partitions_run(const NamedLab& lab, bool power_on) {
  const std::set<std::string> wanted = power_on ? started_with(lab.lab) : std::set<std::string>{};
  std::vector<std::string> failed;
  for (const FrameConfig& frame : lab.lab.frames) {
    const auto channel = TRY(connect_frame(lab, frame.name));
    const service::Lpars all = TRY(service::ask(*channel, service::ListLpars{}));
    for (const service::LparInfo& lpar : all.lpars) {
      const bool server = lpar.definition.env == LparEnv::vioserver;
      const bool starts = power_on && lpar.definition.auto_start.value_or(wanted.contains(lpar.definition.uuid));
      if (lpar.trouble.empty() || (!server && !starts)) continue;
      failed.push_back(fmt::format("{}: the {} {} does not run: {}", frame.name, server ? "Virtual I/O Server" : "partition",
                                   lpar.definition.name, lpar.trouble));
    }
  }
  if (failed.empty()) return success();
  return Error{"partition", fmt::format("{}", fmt::join(failed, "\n"))};
}

}  // namespace

// ---- what lies where ----

std::vector<LabProcess> NamedLab::processes() const {
  std::vector<LabProcess> all;
  for (const FrameConfig& frame : lab.frames) all.push_back({frame.name, LabProcess::Kind::frame, 0});
  for (size_t i = 0; i < lab.consoles.size(); ++i) all.push_back({console(i).process(), LabProcess::Kind::hmc, i});
  for (size_t i = 0; i < lab.consoles.size(); ++i) all.push_back({console(i).ssh_process(), LabProcess::Kind::ssh, i});
  return all;
}
std::vector<std::string> NamedLab::process_names() const {
  std::vector<std::string> names;
  for (const LabProcess& process : processes()) names.push_back(process.name);
  return names;
}
ConsolePlace NamedLab::console(size_t number) const { return {folders, number == 0 ? "" : "-" + lab.consoles[number].name}; }
std::optional<size_t> NamedLab::console_of(std::string_view frame) const {
  for (size_t i = 0; i < lab.consoles.size(); ++i)
    if (lab.consoles[i].manages(frame)) return i;
  return std::nullopt;
}
Result<size_t> NamedLab::console_number(const std::string& name) const {
  std::vector<std::string> names;
  for (const ConsoleConfig& each : lab.consoles) names.push_back(each.name);
  const auto found = name.empty() ? names.begin() : std::ranges::find(names, name);
  if (found == names.end())
    return Error{"console", fmt::format("Lab {} has no console {}, but {}.", lab.name, shown_name(name), fmt::join(names, ", "))};
  return static_cast<size_t>(found - names.begin());
}
std::string NamedLab::presence_file(std::string_view process) const {
  return fmt::format("{}/{}.process", folders.state, process);
}
std::string NamedLab::log_file(std::string_view process) const { return fmt::format("{}/log/{}.log", folders.state, process); }
std::string NamedLab::output_file(std::string_view process) const {
  return fmt::format("{}/log/{}.output", folders.state, process);
}
std::string NamedLab::service_file(std::string_view frame) const { return fmt::format("{}/{}.service", folders.runtime, frame); }
std::string NamedLab::remains_file(std::string_view frame) const { return fmt::format("{}/{}.remains", folders.runtime, frame); }
std::string NamedLab::link_file(const LabProcess& process) const {
  const ConsolePlace place = console(process.console);
  if (process.kind == LabProcess::Kind::frame) return service_file(process.name);
  return process.kind == LabProcess::Kind::hmc ? place.hmc_file() : place.endpoint_file();
}
std::string NamedLab::secret_file() const { return folders.state + "/rmc.key"; }
std::string NamedLab::lun_file(const LunConfig& lun) const {
  return lun.path.empty() ? fmt::format("{}/luns/{}.img", folders.state, lun.name) : lun.path;
}

std::string default_lab_file() {
  const fs::path below = "images/labs/pair.toml";
  for (fs::path folder = fs::path(own_path()).parent_path(); folder != folder.root_path(); folder = folder.parent_path()) {
    if (is_there(folder / below)) return (folder / below).string();
    if (is_there(folder / "share/twinframe/labs/pair.toml")) return (folder / "share/twinframe/labs/pair.toml").string();
  }
  return (fs::path(TWINFRAME_SOURCE) / below).string();
}

// ---- which labs there are ----

Result<NamedLab> open_lab(const std::string& file, const std::string& name) {
  if (!name.empty()) TRY(may_be_lab(name));
  NamedLab lab;
  lab.lab = TRY(read_lab(file));
  TRY(check_faults(lab.lab));
  if (!name.empty()) lab.lab.name = name;
  lab.folders = TRY(lab_folders(lab.lab.name));
  return lab;
}

std::vector<std::string> lab_names() {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fs::path(lab_folder_names("any").state).parent_path(), ignored)) {
    const std::string name = entry.path().filename().string();
    if (!may_be_lab(name) || !is_file(entry.path() / "lab")) continue;
    bool runs = is_there(lab_folder_names(name).runtime);
    for (const auto& file : fs::directory_iterator(entry.path(), ignored))
      runs = runs || (file.path().extension() == ".process" && living(file.path().string()));
    if (runs) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Result<RunningLab> find_running(const std::string& name) {
  if (!name.empty()) TRY(may_be_lab(name));
  const auto names = lab_names();
  std::string chosen = name;
  if (chosen.empty()) {
    if (names.size() > 1 && std::ranges::find(names, "pair") == names.end())
      return Error{"lab", fmt::format("Several labs run ({}): choose one with --lab.", fmt::join(names, ", "))};
    chosen = names.size() == 1 ? names[0] : "pair";
  }
  if (std::ranges::find(names, chosen) == names.end())
    return Error{"lab", fmt::format("Lab {} does not run: start it with `twinframe up`.", chosen)};
  const LabFolders folders = TRY(lab_folders(chosen));
  std::ifstream stream(folders.state + "/lab");
  std::string file;
  std::getline(stream, file);
  return RunningLab{chosen, file, folders};
}

Result<ConsolePlace> RunningLab::console(const std::string& console) const {
  const ConsolePlace named{folders, "-" + console};
  if (console.empty()) return ConsolePlace{folders, ""};
  if (is_device_name(console) && is_there(named.hmc_file())) return named;
  const NamedLab lab = TRY(open_lab(file, name));
  return lab.console(TRY(lab.console_number(console)));
}

Result<NamedLab> find_lab(const std::string& name) {
  const RunningLab found = TRY(find_running(name));
  return open_lab(found.file, found.name);
}

// ---- start and stop ----

namespace {

// The lab's processes are found by its state, their links by the runtime folder, which may be another one than theirs.
Status can_be_reached(const NamedLab& lab) {
  constexpr int attempts = 500;  // it may have been started just now, on a host that has much to do
  for (const LabProcess& process : lab.processes()) {
    // While a console asks what is left of a frame, that is not the frame. (emu/app/fence.h)
    if (process.kind == LabProcess::Kind::frame)
      for (int attempt = 0; attempt < attempts && connect(lab.remains_file(process.name), second / 5); ++attempt)
        sleep_ns(20'000'000);
    const std::string link = lab.link_file(process);
    for (int attempt = 0; !is_there(link); ++attempt) {
      const auto pid = living(lab.presence_file(process.name));
      if (!pid) break;
      if (attempt == attempts)
        return Error{"lab",
                     fmt::format("{} of lab {} runs (process {}), but its links are not in {}: that folder was removed, or "
                                 "XDG_RUNTIME_DIR was another one when it was started. `twinframe down {}` ends it.",
                                 process.name, lab.lab.name, *pid, lab.folders.runtime, lab.lab.name)};
      sleep_ns(20'000'000);
    }
  }
  return success();
}

// Never through a link that somebody has put there.
Status write_down(const std::string& file, const std::string& line) {
  const std::string fresh = file + ".new";  // somebody may be reading the other one
  const int descriptor = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  const std::string text = line + "\n";
  const bool well = descriptor >= 0 && write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                    rename(fresh.c_str(), file.c_str()) == 0;
  const std::string why = std::strerror(errno);
  if (descriptor >= 0) close(descriptor);
  return well ? success() : Status(Error{"files", fmt::format("{} cannot be written: {}.", file, why)});
}

}  // namespace

Result<std::unique_ptr<Presence>> take_turn(const NamedLab& lab, const Tell& tell) {
  const std::string file = lab.folders.state + "/lock";
  const HostClock clock;
  const u64 deadline = clock.monotonic() + start_timeout;
  for (bool told = false;; told = true) {
    if (clock.monotonic() > deadline)
      return Error{"lab", fmt::format("Process {} still starts, stops or mends lab {}: retry when it has ended.",
                                      living(file).value_or(0), lab.lab.name)};
    // Another one's `down --wipe` has taken the folder away.
    TRY(lab_folders(lab.lab.name));
    auto turn = Presence::claim(file);
    if (turn || turn.error().code != "taken") return turn;
    if (!told) tell(fmt::format("another command (process {}) starts, stops or mends it: waiting", living(file).value_or(0)));
  }
}

Status start(const NamedLab& lab, Ends ends, const Tell& tell) {
  const auto turn = TRY(take_turn(lab, tell));
  TRY(can_be_reached(lab));
  TRY(provide_luns(lab));
  std::vector<std::string> missing;
  for (const std::string& process : lab.process_names())
    if (!living(lab.presence_file(process))) missing.push_back(process);
  const bool power_on = missing.size() == lab.process_names().size();
  const auto is_new = [&](const LabProcess& process) { return std::ranges::count(missing, process.name) != 0; };

  TRY(write_down(lab.folders.state + "/lab", lab.lab.file));
  std::error_code ignored;
  fs::create_directories(lab.folders.state + "/log", ignored);
  TRY(lab_secret(lab.secret_file()));
  for (size_t i = 0; i < lab.lab.consoles.size(); ++i) TRY(credentials(lab.console(i)));
  const HostClock clock;
  const u64 deadline = clock.monotonic() + start_timeout;
  for (const LabProcess& process : lab.processes()) {
    if (!is_new(process)) continue;
    const std::string output = lab.output_file(process.name);
    fs::remove(output, ignored);
    const pid_t pid = TRY(start_again(command_of(lab, process, power_on), output, ends));
    // Until it has claimed its presence, it is only ours to know that it lives.
    while (!living(lab.presence_file(process.name)) && kill(pid, 0) == 0 && clock.monotonic() < deadline &&
           last_line(output).empty())
      sleep_ns(2'000'000);
  }
  for (const LabProcess& process : lab.processes()) {
    TRY(wait_for(lab, process, deadline));
    tell(fmt::format("{}: {} (process {})", process.name, is_new(process) ? "started" : "runs already",
                     living(lab.presence_file(process.name)).value_or(0)));
  }
  return partitions_run(lab, power_on);
}

Result<bool> stop(const NamedLab& lab, u64 patience, State state, const Tell& tell) {
  const auto turn = TRY(take_turn(lab, tell));
  bool in_order = true;
  auto processes = lab.processes();
  std::ranges::reverse(processes);  // the consoles before the frames: they must not see them disappear
  for (const LabProcess& process : processes) {
    const std::string file = lab.presence_file(process.name);
    if (!living(file)) continue;
    bool gone = false;
    if (process.kind != LabProcess::Kind::frame) {
      gone = end_process(file, SIGTERM, patience);
    } else if (const auto channel = connect(lab.service_file(process.name), second)) {
      if (service::ask(**channel, service::Shutdown{}, patience)) gone = wait_until_gone(file, patience);
    }
    if (!gone) end_process(file, SIGKILL, 10 * second);
    tell(fmt::format("{}: {}", process.name, gone ? "stopped" : "killed"));
    in_order = in_order && gone;
  }
  std::error_code ignored;
  fs::remove_all(lab.folders.runtime, ignored);
  fs::remove(fs::path(lab.folders.runtime).parent_path(), ignored);  // unless other labs are in it
  if (state == State::wipe)
    fs::remove_all(lab.folders.state, ignored);
  else
    fs::remove(lab.folders.state + "/lab", ignored);
  return in_order;
}

}  // namespace emu::app
