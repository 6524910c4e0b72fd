// SPDX-License-Identifier: GPL-2.0-or-later
// twinframe ssh: into the console of a lab, by the host's own ssh client, with the lab's keys.
#include "emu/app/commands.h"
#include "emu/app/credentials.h"
#include "emu/app/lab_option.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

namespace emu::app {

namespace {

class Ssh final : public Command {
 public:
  void accept(Options& options) override {
    console_.accept(options);
    options.flag("--config", "Print a client configuration (for ~/.ssh/config, or `ssh -F`), and connect to nothing", config_);
    options.rest("[USER [COMMAND ...]]", "who logs in (default: hscroot), and a command instead of a shell", words_);
  }

  int run() override {
    const auto lab = console_.find_lab();
    if (!lab) return failed(lab.error());
    const auto console = lab->console(console_.name());
    if (!console) return failed(console.error());
    const auto endpoint = ssh_endpoint(*console);
    if (!endpoint)
      return failed({"ssh", fmt::format("The ssh server of lab {} does not run: `twinframe up` starts it again.", lab->name)});
    if (config_) {
      print(lab->name + (console->suffix.empty() ? "-hmc" : console->suffix), *console, *endpoint);
      return exit_done;
    }
    std::vector<std::string> line{"ssh", "-F", "none", "-p", std::to_string(endpoint->port), "-i", hscroot_key_file(*console)};
    for (const auto& [name, value] : options_of(*console)) line.insert(line.end(), {"-o", name + ("=" + value)});
    line.push_back(fmt::format("{}@{}", words_.empty() ? "hscroot" : words_[0], endpoint->address));
    for (size_t i = 1; i < words_.size(); ++i) line.push_back(words_[i]);
    std::vector<char*> argv;
    for (std::string& word : line) argv.push_back(word.data());
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    return failed({"ssh", fmt::format("The program ssh cannot be started: {}.", std::strerror(errno))});
  }

 private:
  static std::vector<std::pair<std::string, std::string>> options_of(const ConsolePlace& console) {
    return {{"IdentitiesOnly", "yes"},
            {"StrictHostKeyChecking", "yes"},
            {"UserKnownHostsFile", console.ssh_folder() + "/known_hosts"},
            {"LogLevel", "ERROR"}};
  }
  static void print(const std::string& host, const ConsolePlace& console, const SshEndpoint& endpoint) {
    fmt::print("Host {}\n  HostName {}\n  Port {}\n  User hscroot\n  IdentityFile {}\n", host, endpoint.address, endpoint.port,
               hscroot_key_file(console));
    for (const auto& [name, value] : options_of(console)) fmt::print("  {} {}\n", name, value);
  }

  ConsoleOption console_;
  bool config_ = false;
  std::vector<std::string> words_;
};

}  // namespace

std::unique_ptr<Command> make_ssh() { return std::make_unique<Ssh>(); }

}  // namespace emu::app
