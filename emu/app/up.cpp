// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/credentials.h"
#include "emu/app/hmc_link.h"
#include "emu/app/lab_status.h"
#include "emu/app/labs.h"
#include "emu/core/clock.h"
#include "emu/core/text.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>

namespace emu::app {

namespace {

constexpr u64 boot_time = 600 * nanoseconds_per_second;

// A word of a shell's command line.
std::string shell_word(std::string_view word) {
  std::string all = "'";
  for (const char c : word) c == '\'' ? all += "'\\''" : all += c;
  return all + "'";
}

// What keeps a partition that runs from being reached by its console: empty if nothing does. Whoever has no address cannot be reached.
Result<std::string> awaited(const NamedLab& lab) {
  for (const FrameConfig& frame : lab.lab.frames) {
    const auto console = lab.console_of(frame.name);
    if (!console) continue;  // nobody's: it is not migrated either
    std::string listed;
    const auto status = TRY(run_hmc_command(lab.console(*console).hmc_file(),
                                            {"lssyscfg", "-r", "lpar", "-m", frame.name, "-F", "name:state:rmc_state:rmc_ipaddr"},
                                            [&](std::string_view text) { listed += text; }));
    if (status != 0) return Error{"hmc", listed};
    for (const std::string& line : words(listed, '\n')) {
      const auto fields = split(line, ':');
      if (fields.size() == 4 && fields[1] == "Running" && !fields[3].empty() && fields[2] != "active")
        return frame.name + "/" + fields[0];
    }
  }
  return std::string();
}

Status wait_until_booted(const NamedLab& lab, const Tell& tell) {
  const HostClock clock;
  const u64 deadline = clock.monotonic() + boot_time;
  std::string told;
  for (;;) {
    const std::string who = TRY(awaited(lab));
    if (who.empty()) return success();
    if (who != told) tell(fmt::format("waiting for {}: no RMC connection yet", who));
    told = who;
    if (clock.monotonic() > deadline) return Error{"boot", fmt::format("{} has no RMC connection after 10 minutes.", who)};
    sleep_ns(100'000'000);
  }
}

class Up final : public Command {
 public:
  void accept(Options& options) override {
    options.argument("LAB.toml", "The lab file (default: images/labs/pair.toml)", file_, Needed::no);
    options.value("--name", "Another name for the lab than its own: so the same file can run several times", name_);
    options.value("--frames", "Instead of a lab file: so many servers, for inventories (the lab is called inventory)", frames_);
    options.value("--partitions", "So many partitions on all of them together, which are off", partitions_);
    options.flag("--wait", "Until all partitions that run have an RMC connection to the console: migrations can begin", wait_);
    options.flag("--json", "Print what `twinframe status --json` says of the lab; all else goes to standard error", json_);
    options.flag("--env",
                 "Print variables for a shell (`eval`) that say how the console is reached; all else goes to standard error",
                 env_);
    options.flag("--trace", "Write what the guests execute to trace.FRAME.PARTITION beside the logs (very slow; docs/tracing.md)",
                 trace_);
  }

  int run() override {
    if (json_ && env_) return failed({"usage", "--json and --env: take one of them."}, exit_misused);
    const auto lab = open();
    if (!lab) return failed(lab.error(), exit_misused);
    FILE* const to = json_ || env_ ? stderr : stdout;
    fmt::print(to, "lab {} from {}\n", lab->lab.name, lab->lab.file);
    if (trace_) setenv("TWINFRAME_TRACE", "1", 1);  // for the processes that are started now
    const Tell tell = [to](const std::string& line) {
      fmt::print(to, "  {}\n", line);
      std::fflush(to);
    };
    if (const auto status = start(*lab, Ends::by_itself, tell); !status)
      return failed(status.error(), status.error().code == "lab" ? exit_misused : exit_failed);
    if (wait_)
      if (const auto status = wait_until_booted(*lab, tell); !status) return failed(status.error());
    if (json_) fmt::print("{}\n", lab_status(*lab).text());
    if (env_) print_variables(*lab);
    fmt::print(to, "ready: try `twinframe status`, `twinframe vterm FRAME PARTITION`, `twinframe hmc lssyscfg -r sys`\n");
    return exit_done;
  }

 private:
  Result<NamedLab> open() const {
    if (frames_.empty() && partitions_.empty()) return open_lab(file_.empty() ? default_lab_file() : file_, name_);
    const auto frames = parse_number<u32>(frames_), partitions = parse_number<u32>(partitions_.empty() ? "0" : partitions_);
    if (!file_.empty() || !frames || !partitions)
      return Error{"lab", "--frames and --partitions are numbers, and stand instead of a lab file."};
    const std::string name = name_.empty() ? "inventory" : name_;
    const LabFolders folders = TRY(lab_folders(name));
    const std::string file = folders.state + "/generated.toml";
    std::ofstream stream(file);
    stream << fmt::format(
        "# Written by `twinframe up --frames {0} --partitions {1}`.\n[[generate]]\nframes = {0}\npartitions = {1}\n", *frames,
        *partitions);
    if (!stream.flush()) return Error{"lab", fmt::format("{} cannot be written.", file)};
    auto lab = open_lab(file, name);
    if (lab) return lab;
    // Nothing of it is left, unless there was something before.
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    for (const std::string& folder : {folders.state, folders.runtime}) std::filesystem::remove(folder, ignored);
    return lab;
  }
  static void print_variables(const NamedLab& lab) {
    const auto set = [](const char* name, const std::string& value) { fmt::print("export {}={}\n", name, shell_word(value)); };
    set("TWINFRAME_LAB", lab.lab.name);
    const auto ssh = ssh_endpoint(lab.console());
    if (!ssh) return;
    set("HMC_ADDRESS", ssh->address);
    set("HMC_PORT", std::to_string(ssh->port));
    set("HMC_USER", "hscroot");
    set("HMC_KEY_FILE", hscroot_key_file(lab.console()));
    set("HMC_PASSWORD_FILE", hscroot_password_file(lab.console()));
    set("HMC_KNOWN_HOSTS", lab.console().ssh_folder() + "/known_hosts");
  }

  std::string file_, name_, frames_, partitions_;
  bool wait_ = false, json_ = false, env_ = false;
  bool trace_ = false;
};

}  // namespace

std::unique_ptr<Command> make_up() { return std::make_unique<Up>(); }

}  // namespace emu::app
