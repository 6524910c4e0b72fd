// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Labs as this program starts, finds and stops them. What runs is seen from the state folder: a lab has one, whatever becomes of its
// links.
//
//   <state>/lab                   the lab file's path, from `up` to `down`
//   <state>/<process>.process     pid of one of the lab's processes, locked while it lives
//   <state>/lock                  of whoever starts, stops or mends the lab, one at a time
//   <runtime>/<frame>.service     links (emu/link)
//   <runtime>/hmc, hmc-NAME       of the first console, and of another one
//   <runtime>/ssh.endpoint, ...   where the console's ssh server listens (emu/app/credentials.h)

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emu/app/process.h"
#include "emu/core/lab.h"

namespace emu::app {

inline constexpr std::string_view hmc_process_name = "hmc";
inline constexpr std::string_view ssh_process_name = "ssh";

// Where one of a lab's consoles lives. The processes, links and files of the first one are called hmc and ssh, those of another one have
// its name behind: hmc-NAME, ssh-NAME.
struct ConsolePlace {
  LabFolders folders;
  std::string suffix;  // empty, or -NAME

  std::string process() const { return std::string(hmc_process_name) + suffix; }
  std::string ssh_process() const { return std::string(ssh_process_name) + suffix; }
  std::string hmc_file() const { return folders.runtime + "/" + process(); }
  std::string journal() const { return folders.state + "/" + process() + ".journal"; }
  std::string ssh_folder() const { return folders.state + "/" + ssh_process(); }
  std::string endpoint_file() const { return folders.runtime + "/" + ssh_process() + ".endpoint"; }
};

// What a lab runs.
struct LabProcess {
  enum class Kind { frame = 1, hmc, ssh };
  std::string name;
  Kind kind = Kind::frame;
  size_t console = 0;  // which of the lab's
};

// A lab with a name of its own: the file says what is in it, the name where it lives.
struct NamedLab {
  Lab lab;
  LabFolders folders;

  std::vector<LabProcess> processes() const;  // the frames', the consoles', their ssh servers'
  std::vector<std::string> process_names() const;
  ConsolePlace console(size_t number = 0) const;
  // Who manages a frame; if several do, the first of them.
  std::optional<size_t> console_of(std::string_view frame) const;
  // By name; empty: the first. An error says which there are.
  Result<size_t> console_number(const std::string& name) const;
  std::string presence_file(std::string_view process) const;
  std::string log_file(std::string_view process) const;
  std::string output_file(std::string_view process) const;  // what it printed, if it could not log
  std::string service_file(std::string_view frame) const;
  std::string remains_file(std::string_view frame) const;  // where what is left of it answers (emu/app/fence.h)
  std::string link_file(const LabProcess&) const;          // how others reach it
  std::string hmc_file() const { return console().hmc_file(); }
  std::string secret_file() const;  // what partitions know their HMC by
  std::string lun_file(const LunConfig&) const;
};

// The lab file to use when none is given: images/labs/pair.toml of the source tree or the installation we belong to.
std::string default_lab_file();

// `name` empty: the file's own. Its folders are created.
Result<NamedLab> open_lab(const std::string& file, const std::string& name);

// Names of the labs of which a process lives, or whose links are there: they run, or did until they crashed.
std::vector<std::string> lab_names();
// One of them: by name; or, if that is empty, the only one there is, else "pair". Its file is not read: it may be long, and somebody may be
// writing it.
struct RunningLab {
  std::string name;
  std::string file;
  LabFolders folders;
  std::string hmc_file() const { return ConsolePlace{folders, ""}.hmc_file(); }
  // By name; empty: the first. Only to tell the name of the first from one that is not there its file is read.
  Result<ConsolePlace> console(const std::string& console) const;
};
Result<RunningLab> find_running(const std::string& name);
// And what is in its file.
Result<NamedLab> find_lab(const std::string& name);

// What `start` and `stop` tell on their way.
using Tell = std::function<void(const std::string& line)>;

// Starts what does not run yet, and waits until all of it answers. A lab of which nothing ran is powered on: partitions
// with auto_start are activated, and an error tells which of them were not, while the rest runs; a process that is missing in a running lab comes back as after a crash.
Status start(const NamedLab&, Ends, const Tell&);
// An orderly shutdown, then SIGKILL for whoever is not gone after `patience` nanoseconds. The runtime folder is removed; `wipe`: its
// state, too. True if everybody went in order. An error: nothing was stopped.
enum class State { stays, wipe };
Result<bool> stop(const NamedLab&, u64 patience, State, const Tell&);
// Held by whoever starts, stops or mends it: waits for another one to end, at most a minute. `start` and `stop` do so themselves.
Result<std::unique_ptr<Presence>> take_turn(const NamedLab&, const Tell&);

}  // namespace emu::app
