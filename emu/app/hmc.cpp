// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/commands.h"
#include "emu/app/hmc_link.h"
#include "emu/app/lab_option.h"
#include "emu/app/terminal.h"
#include "emu/core/clock.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <thread>

#include <poll.h>
#include <unistd.h>

namespace emu::app {

namespace {

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

// What is typed goes to the command as it comes, until it ends. What it does not want is not read: in a loop of a shell it may be the next
// command's.
void forward_input(Channel& channel, const std::atomic<bool>& wanted, const std::atomic<bool>& done) {
  char buffer[4096];
  while (!done) {
    if (!wanted) {
      sleep_ns(5'000'000);
      continue;
    }
    pollfd waited{0, POLLIN, 0};
    if (poll(&waited, 1, 50) <= 0) continue;
    const ssize_t got = read(0, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      (void)!send_hmc(channel, hmc_link::EndOfInput{});
      return;
    }
    if (!send_hmc(channel, hmc_link::Input{std::string(buffer, static_cast<size_t>(got))})) return;
  }
}

int run_with_terminal(const ConsolePlace& console, const std::vector<std::string>& argv) {
  const auto channel = connect_hmc(console.hmc_file());
  if (!channel) return failed(channel.error());
  if (const auto sent = send_hmc(**channel, with_files(argv)); !sent) return failed(sent.error());
  std::atomic<bool> wanted{false}, done{false};
  std::optional<Terminal> terminal;
  std::thread input([&] { forward_input(**channel, wanted, done); });
  int status = exit_failed;
  for (;;) {
    const auto message = receive_hmc(**channel, nanoseconds_per_second);
    if (!message && message.error().code == "timeout") continue;
    if (!message) {
      failed(hmc_gone());
      break;
    }
    if (const auto* text = std::get_if<hmc_link::Output>(&*message)) print(text->text);
    if (std::holds_alternative<hmc_link::WantInput>(*message)) wanted = true;
    if (std::holds_alternative<hmc_link::RawInput>(*message) && !terminal) terminal.emplace();
    if (const auto* exit = std::get_if<hmc_link::Exit>(&*message)) {
      status = exit->status;
      break;
    }
  }
  done = true;
  input.join();
  return status;
}

class HmcCommand final : public Command {
 public:
  void accept(Options& options) override {
    console_.accept(options);
    options.rest("COMMAND ...", "a command of the HMC with its options; `lshmc -V`, `lssyscfg -r sys`, `migrlpar --help` ...",
                 words_);
  }
  int run() override {
    if (words_.empty()) return failed({"words", "Which command of the HMC? `twinframe hmc --help`"}, exit_misused);
    const auto console = console_.find();
    if (!console) return failed(console.error());
    return run_with_terminal(*console, words_);
  }

 private:
  ConsoleOption console_;
  std::vector<std::string> words_;
};

class HmcCommands final : public Command {
 public:
  void accept(Options&) override {}
  int run() override {
    for (const std::string& name : hmc::Hmc::command_names()) std::printf("%s\n", name.c_str());
    return exit_done;
  }
};

}  // namespace

std::unique_ptr<Command> make_hmc_commands() { return std::make_unique<HmcCommands>(); }
std::unique_ptr<Command> make_hmc() { return std::make_unique<HmcCommand>(); }

int run_as_hmc_command(const std::vector<std::string>& argv) {
  const char* name = std::getenv("TWINFRAME_LAB");
  const char* console_name = std::getenv("TWINFRAME_CONSOLE");
  const auto lab = find_running(name ? name : "");
  if (!lab) return failed(lab.error());
  const auto console = lab->console(console_name ? console_name : "");
  if (!console) return failed(console.error());
  return run_with_terminal(*console, argv);
}

}  // namespace emu::app
