// SPDX-License-Identifier: GPL-2.0-or-later
// The HMC's process: the Hmc, its places on the lab's networks, the gateways that forwarded ports go through, and a thread
// for each client that runs commands.
#include "emu/app/commands.h"
#include "emu/app/console_process.h"
#include "emu/app/credentials.h"
#include "emu/app/fence.h"
#include "emu/app/hmc_link.h"
#include "emu/app/labs.h"
#include "emu/app/other_consoles.h"
#include "emu/core/address.h"
#include "emu/core/log.h"
#include "emu/core/secret.h"
#include "emu/link/boot_server.h"
#include "emu/link/clients.h"
#include "emu/link/gateway.h"
#include "emu/link/segment.h"
#include "firmware/boot.h"
#include "hmc/faults/faults.h"
#include "hmc/rmc/rmc.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <filesystem>

#include <fmt/format.h>

namespace emu::app {

namespace {

constexpr Log log_hmc("hmc-process");

// The ways from this host into the lab's networks, and their boot servers, which the lab's first console keeps open; and each console's own place there.
class Gateways {
 public:
  static Result<std::unique_ptr<Gateways>> open(const NamedLab& lab, size_t console, const Clock& clock) {
    auto all = std::make_unique<Gateways>();
    all->console_ = static_cast<u32>(console);
    all->name_ = lab.console(console).process();
    for (const SegmentConfig& config : lab.lab.segments) {
      auto segment = TRY(Segment::open(segment_file(lab.folders.runtime, config.name)));
      std::unique_ptr<Gateway> gateway;
      if (console == 0) gateway = TRY(Gateway::create(config, *segment, clock));
      if (console == 0)
        for (const SegmentConfig::BootServer& each : config.boot_servers) {
          const SegmentConfig::BootServer server = TRY(with_folder(each));
          all->boot_servers_.push_back(TRY(BootServer::create(config, server, *segment, clock)));
        }
      all->gateways_.push_back({config, std::move(segment), std::move(gateway)});
    }
    return all;
  }

  static Result<SegmentConfig::BootServer> with_folder(SegmentConfig::BootServer server) {
    if (server.folder.empty()) server.folder = std::filesystem::path(TRY(firmware::find_image("nomad"))).parent_path();
    return server;
  }

  // The HMC's places on the networks.
  Result<std::vector<hmc::RmcNetwork>> places() {
    std::vector<hmc::RmcNetwork> all;
    for (Entry& entry : gateways_) {
      const auto network = parse_network(entry.config.network);
      if (!network) continue;
      all.push_back(
          {entry.config.name, *network, TRY(Datagrams::create(*entry.segment, name_, console_address(*network, console_)))});
    }
    return all;
  }

  hmc_link::Forwards list() const {
    hmc_link::Forwards all;
    for (const Entry& entry : gateways_) {
      if (!entry.gateway) continue;
      for (const auto& forward : entry.gateway->forwards()) all.forwards.push_back({entry.config.name, forward});
    }
    return all;
  }

 private:
  struct Entry {
    SegmentConfig config;
    std::unique_ptr<Segment> segment;
    std::unique_ptr<Gateway> gateway;
  };
  std::vector<Entry> gateways_;
  std::vector<std::unique_ptr<BootServer>> boot_servers_;
  u32 console_ = 0;  // which of the lab's this is
  std::string name_;
};

// Somebody at the other end of a channel.
class ChannelSession final : public hmc::Session {
 public:
  ChannelSession(Channel& channel, const hmc_link::RunCommand& run)
      : channel_(channel), files_(run.files), user_(run.user), user_made_(run.user_made) {}

  void write(std::string_view text) override {
    if (!send_hmc(channel_, hmc_link::Output{std::string(text)})) gone_ = true;
  }
  Result<std::string> read(u64 timeout) override {
    if (!std::exchange(asked_, true) && !send_hmc(channel_, hmc_link::WantInput{})) gone_ = true;
    if (ended_) return Error{"closed", "The input has ended."};
    const auto message = receive_hmc(channel_, timeout);
    if (!message) {
      if (message.error().code != "timeout") ended_ = gone_ = true;
      return message.error();
    }
    if (const auto* input = std::get_if<hmc_link::Input>(&*message); input && !input->text.empty()) return input->text;
    ended_ = true;
    return Error{"closed", "The input has ended."};
  }
  void raw() override {
    if (!send_hmc(channel_, hmc_link::RawInput{})) gone_ = true;
  }
  std::string user() const override { return user_; }
  u64 user_made() const override { return user_made_; }
  Result<std::string> file(const std::string& name) const override {
    const auto found = std::ranges::find(files_, name, &hmc_link::File::name);
    if (found == files_.end()) return Error{"file", "it did not come with the command"};
    return found->error.empty() ? Result<std::string>(found->content) : Error{"file", found->error};
  }
  bool cancelled() const override { return gone_ || ConsoleProcess::ending() || !channel_.open(); }

 private:
  Channel& channel_;
  const std::vector<hmc_link::File>& files_;
  std::atomic<bool> gone_{false};
  const std::string user_;
  const u64 user_made_;
  bool asked_ = false;
  bool ended_ = false;
};

Status serve(Channel& channel, hmc::Hmc& hmc, const std::string& name, const Gateways& gateways) {
  const auto message = TRY(receive_hmc(channel, request_patience));
  if (const auto* run = std::get_if<hmc_link::RunCommand>(&message)) {
    // What only lists is asked again and again.
    const bool lists = !run->argv.empty() && run->argv[0].starts_with("ls");
    if (lists) {
      log_hmc.debug("command: {}", hmc::Hmc::without_secrets(run->argv));
    } else {
      log_hmc.info("command: {}", hmc::Hmc::without_secrets(run->argv));
    }
    ChannelSession session(channel, *run);
    const int status = hmc.run_command(run->argv, session);
    return send_hmc(channel, hmc_link::Exit{status});
  }
  if (std::holds_alternative<hmc_link::ListMoves>(message)) return send_hmc(channel, hmc_link::Moves{hmc.moves()});
  if (std::holds_alternative<hmc_link::ListForwards>(message)) return send_hmc(channel, gateways.list());
  if (const auto* asked = std::get_if<hmc_link::ReadChanges>(&message))
    return send_hmc(channel, hmc.changes(asked->after, std::min<u64>(asked->wait_ms, 1000) * millisecond));
  if (const auto* wanted = std::get_if<hmc_link::AddFault>(&message)) {
    const auto added = hmc.faults().add(wanted->fault);
    if (added) log_hmc.warn("fault: {}", words_of(wanted->fault));
    return send_hmc(channel, added ? hmc_link::FaultAdded{*added, ""} : hmc_link::FaultAdded{0, added.error().text});
  }
  if (std::holds_alternative<hmc_link::ListFaults>(message)) return send_hmc(channel, hmc_link::Faults{hmc.faults().list()});
  if (const auto* clear = std::get_if<hmc_link::ClearFaults>(&message)) {
    const auto cleared = hmc.faults().clear(clear->number);
    return send_hmc(channel, hmc_link::FaultsCleared{cleared ? "" : cleared.error().text});
  }
  if (const auto* login = std::get_if<hmc_link::CheckLogin>(&message)) {
    const auto made = hmc.user_made(login->user);  // before: a user who is removed meanwhile and made anew has another
    const bool opens =
        login->key.empty() ? hmc.password_opens(login->user, login->password) : hmc.key_opens(login->user, login->key);
    return send_hmc(channel, hmc_link::LoginChecked{opens && made, made.value_or(0)});
  }
  if (const auto* meet = std::get_if<hmc_link::MeetConsole>(&message))
    return serve_console(channel, hmc, name, *meet, [] { return ConsoleProcess::ending(); });
  if (const auto* ask = std::get_if<hmc_link::MayStay>(&message))
    return send_hmc(channel, hmc_link::LoginChecked{hmc.may_stay(ask->user, ask->user_made), ask->user_made});
  if (const auto* login = std::get_if<hmc_link::NoteLogin>(&message)) {
    hmc.note_login(login->user, login->from, login->well);
    return send_hmc(channel, hmc_link::LoginNoted{});
  }
  return success();  // input that came after its command had ended is nobody's
}

class HmcProcess final : public ConsoleProcess {
 public:
  HmcProcess() : ConsoleProcess(log_hmc, &ConsolePlace::process) {}

 private:
  Status work(const NamedLab& lab, size_t number) override {
    const ConsolePlace place = lab.console(number);
    const ConsoleConfig& console = lab.lab.consoles[number];
    const HostClock clock;
    hmc::HostPause pause;
    const auto gateways = TRY(Gateways::open(lab, number, clock));
    const auto rmc = hmc::network_transport(TRY(gateways->places()));
    std::vector<hmc::FrameEndpoint> frames;
    for (const FrameConfig& frame : lab.lab.frames)
      if (console.manages(frame.name))
        frames.push_back(
            {frame.name, hmc::service_link(lab.service_file(frame.name)), hmc::service_link(lab.remains_file(frame.name))});
    const std::string secret = TRY(lab_secret(lab.secret_file()));
    const Credentials owner = TRY(credentials(place));
    const auto hmc = TRY(hmc::Hmc::create(
        {.name = console.name,
         .journal_file = place.journal(),
         .rmc_key = secret,
         .hscroot_password = owner.password,
         .hscroot_key = owner.key,
         .release = console.version,
         .end_process = [](hmc::HmcOptions::End end) { std::raise(end == hmc::HmcOptions::End::die ? SIGKILL : SIGSTOP); },
         .consoles = other_consoles(lab, number),
         .key_of = [&](const std::string& user, u64 made) { return user_key(place, user, made); },
         .fence = fence_of(lab)},
        std::move(frames), rmc.get(), clock, pause));
    for (const LabFault& each : lab.lab.faults)
      if (each.frame.empty() && each.console == number)
        if (const auto added = hmc->faults().add(each.fault); !added)
          log_hmc.error("line {} of the lab file: {}", each.line, added.error().text);
    hmc->start();
    const auto listener = TRY(Listener::create(place.hmc_file()));
    log_hmc.info("ready");
    Clients clients([&](Channel& channel) { return serve(channel, *hmc, console.name, *gateways); }, clock);
    while (!ending()) {
      auto channel = listener->accept(nanoseconds_per_second / 20);
      if (channel) clients.add(std::move(*channel));
    }
    return success();
  }
};

}  // namespace

std::unique_ptr<Command> make_hmc_process() { return std::make_unique<HmcProcess>(); }

}  // namespace emu::app
