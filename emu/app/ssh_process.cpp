// SPDX-License-Identifier: GPL-2.0-or-later
// The process of the console's ssh server: it knows no user and runs no command, but asks the HMC's process. (hmc/ssh)
#include "emu/app/commands.h"
#include "emu/app/console_process.h"
#include "emu/app/credentials.h"
#include "emu/app/hmc_link.h"
#include "emu/app/labs.h"
#include "emu/core/clock.h"
#include "emu/core/identity.h"
#include "emu/core/log.h"
#include "hmc/ssh/server.h"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>

namespace emu::app {

namespace {

constexpr Log log_ssh("ssh-process");
constexpr u64 millisecond = 1'000'000;

class HmcAuthority final : public hmc::ssh::Authority {
 public:
  explicit HmcAuthority(std::string hmc_file) : hmc_file_(std::move(hmc_file)) {}

  Result<hmc::ssh::Login> password_opens(const std::string& user, const std::string& password) override {
    return check(hmc_link::CheckLogin{user, password, ""});
  }
  Result<hmc::ssh::Login> key_opens(const std::string& user, const std::string& key) override {
    return check(hmc_link::CheckLogin{user, "", key});
  }
  bool may_stay(const hmc::ssh::Account& account) override {
    const auto answer = ask(hmc_link::MayStay{account.user, account.made});
    return !answer || answer->opens;
  }
  void note_login(const std::string& user, const std::string& from, bool well) override {
    (void)ask(hmc_link::NoteLogin{user, from, well});
  }

  int run(const std::vector<std::string>& argv, hmc::Session& session) override {
    const auto channel = connect_hmc(hmc_file_);
    if (!channel) return say(session, channel.error());
    hmc_link::RunCommand command{argv, {}, session.user(), session.user_made()};
    for (const std::string& name : hmc::Hmc::files_of(argv)) {
      auto content = session.file(name);
      command.files.push_back({name, content ? *content : "", content ? "" : content.error().text});
    }
    if (const auto sent = send_hmc(**channel, command); !sent) return say(session, sent.error());
    return relay(**channel, session);
  }

 private:
  static int say(hmc::Session& session, const Error& error) {
    session.write(error.text + "\n");
    return exit_failed;
  }
  static int relay(Channel& channel, hmc::Session& session) {
    bool reading = false;
    while (!session.cancelled()) {
      const auto message = receive_hmc(channel, (reading ? 5 : 100) * millisecond);
      if (!message && message.error().code != "timeout") return say(session, hmc_gone());
      if (message) {
        if (const auto* text = std::get_if<hmc_link::Output>(&*message)) session.write(text->text);
        if (std::holds_alternative<hmc_link::WantInput>(*message)) reading = true;
        if (std::holds_alternative<hmc_link::RawInput>(*message)) session.raw();
        if (const auto* exit = std::get_if<hmc_link::Exit>(&*message)) return exit->status;
      }
      if (!reading) continue;
      const auto typed = session.read(5 * millisecond);
      if (typed) (void)send_hmc(channel, hmc_link::Input{*typed});
      if (typed || typed.error().code == "timeout") continue;
      (void)send_hmc(channel, hmc_link::EndOfInput{});
      reading = false;
    }
    return exit_failed;
  }
  template <class Request>
  Result<typename Request::Reply> ask(const Request& request) {
    const auto channel = TRY(connect_hmc(hmc_file_));
    return ask_hmc(*channel, request, 10 * nanoseconds_per_second);
  }
  Result<hmc::ssh::Login> check(const hmc_link::CheckLogin& login) {
    const auto answer = ask(login);
    if (!answer) log_ssh.error("nobody can log in: {}", answer.error().text);
    if (!answer) return answer.error();
    return hmc::ssh::Login{answer->opens, answer->user_made};
  }

  const std::string hmc_file_;
};

// What the build has made for the users' shells lies beside our folder.
std::string inside_program(const std::string& name) {
  return (std::filesystem::path(own_path()).parent_path().parent_path() / "libexec" / name).string();
}

class SshProcess final : public ConsoleProcess {
 public:
  SshProcess() : ConsoleProcess(log_ssh, &ConsolePlace::ssh_process) {}

 private:
  Status work(const NamedLab& lab, size_t number) override {
    const ConsolePlace place = lab.console(number);
    const ConsoleConfig& console = lab.lab.consoles[number];
    withdraw(place);  // a former one's
    TRY(credentials(place));
    const std::string folder = place.ssh_folder();
    const auto keys = TRY(hmc::ssh::HostKeys::open(folder));
    HmcAuthority authority(place.hmc_file());
    hmc::ssh::ServerOptions options;
    options.command_program = inside_program("hmc-command");
    options.commands = hmc::Hmc::command_names();
    options.limits.idle_minutes = console.idle_minutes;
    auto sandbox = hmc::ssh::Sandbox::create({folder + "/root", folder + "/homes", folder + "/passwds", console.name},
                                             {options.command_program, inside_program("hmc-seal"), options.commands});
    if (sandbox)
      options.sandbox = std::move(*sandbox);
    else
      options.why_no_sandbox = fmt::format("bubblewrap cannot close one off here ({}).", sandbox.error().text);
    if (!options.sandbox) log_ssh.warn("{}", options.why_no_sandbox);
    const std::string why_no_sandbox = options.why_no_sandbox;
    const auto server = TRY(listen(lab.lab.name, console, std::move(options), *keys, authority));
    TRY(publish(place, {server->address(), server->port(), keys->fingerprint(), keys->known_host(), why_no_sandbox}));
    log_ssh.info("ready: {}:{}, {}", server->address(), server->port(), keys->fingerprint());
    while (!ending()) sleep_ns(50 * millisecond);
    withdraw(place);
    return success();
  }

  // Clients are often bound to port 22, so each console has an address of its own; where another lab has it, the next one.
  static Result<std::unique_ptr<hmc::ssh::Server>> listen(const std::string& lab, const ConsoleConfig& console,
                                                          hmc::ssh::ServerOptions options, hmc::ssh::HostKeys& keys,
                                                          hmc::ssh::Authority& authority) {
    options.address = console.ip;
    options.port = console.port;
    if (!console.ip.empty()) return hmc::ssh::Server::create(std::move(options), keys, authority);
    constexpr u32 attempts = 8;
    u32 first = 0;
    const std::string digits = derived_pvid(lab + "/" + console.name).substr(0, 6);
    std::from_chars(digits.data(), digits.data() + digits.size(), first, 16);
    for (u32 attempt = 0; attempt < attempts; ++attempt) {
      const u32 host = (first + attempt) % (254 * 254);
      options.address = fmt::format("127.84.{}.{}", host / 254 + 1, host % 254 + 1);
      auto server = hmc::ssh::Server::create(options, keys, authority);
      if (server || server.error().code != "taken") return server;
    }
    options.port = 0;
    return hmc::ssh::Server::create(std::move(options), keys, authority);
  }
};

}  // namespace

std::unique_ptr<Command> make_ssh_process() { return std::make_unique<SshProcess>(); }

}  // namespace emu::app
