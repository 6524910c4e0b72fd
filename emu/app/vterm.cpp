// SPDX-License-Identifier: GPL-2.0-or-later
// A terminal on a partition's console, which follows the partition when it moves.
#include "emu/app/commands.h"
#include "emu/app/frames.h"
#include "emu/app/lab_option.h"
#include "emu/app/terminal.h"
#include "emu/core/clock.h"

#include <fmt/format.h>

#include <unistd.h>

namespace emu::app {

namespace {

// ~. after a line's beginning ends the session, ~~ is a tilde: as ssh and mkvterm have it.
class Escapes {
 public:
  // What of the typed text is for the partition. `ended` becomes true at ~.
  std::string filter(std::string_view typed, bool& ended) {
    std::string out;
    for (const char c : typed) {
      if (tilde_) {
        tilde_ = false;
        if (c == '.') {
          ended = true;
          return out;
        }
        if (c != '~') out += '~';
      } else if (c == '~' && line_begins_) {
        tilde_ = true;
        continue;
      }
      out += c;
      line_begins_ = c == '\r' || c == '\n';
    }
    return out;
  }

 private:
  bool line_begins_ = true;
  bool tilde_ = false;
};

class Vterm final : public Command {
 public:
  void accept(Options& options) override {
    lab_option_.accept(options);
    options.argument("FRAME", "Where it is now", frame_, Needed::yes);
    options.argument("PARTITION", "Its name or id", partition_, Needed::yes);
    options.flag("--all", "First show what its console has said since it was activated", all_);
  }

  int run() override {
    const auto status = converse();
    return status ? exit_done : failed(status.error());
  }

 private:
  Status converse() {
    const NamedLab lab = TRY(lab_option_.find());
    auto channel = TRY(connect_frame(lab, frame_));
    service::LparInfo lpar = TRY(find_lpar(*channel, frame_, partition_));
    const std::string uuid = lpar.definition.uuid;
    std::string frame = frame_;
    Terminal terminal;
    Escapes escapes;
    if (all_) {
      const auto log = TRY(service::ask(*channel, service::ReadConsoleLog{lpar.definition.lpar_id, 0}));
      terminal.write({reinterpret_cast<const char*>(log.output.data()), log.output.size()});
    }
    u64 token = TRY(open(*channel, lpar));
    terminal.say(fmt::format("console of {} on {}; ~. ends this", lpar.definition.name, frame));
    const HostClock clock;
    u64 ends_at = ~u64{0};
    std::string typed;  // and not taken by the partition yet
    for (bool ended = false; !ended;) {
      typed += escapes.filter(terminal.read(10'000'000), ended);
      // Piped input ends sooner than the guest has answered it: listen a little longer.
      if (terminal.at_end() && ends_at == ~u64{0}) ends_at = clock.monotonic() + nanoseconds_per_second;
      if (clock.monotonic() > ends_at) break;
      const auto output = service::ask(*channel, service::ExchangeVterm{token, Bytes(typed.begin(), typed.end())});
      if (output) terminal.write({reinterpret_cast<const char*>(output->output.data()), output->output.size()});
      if (output && !output->closed) {
        typed.clear();
        continue;
      }
      // Closed by somebody, or moved away, or the frame has died.
      auto found = follow(lab, uuid, frame, output ? output->reason : output.error().text, terminal, clock);
      if (!found) return found.error();
      frame = found->frame;
      channel = TRY(connect_frame(lab, frame));
      token = TRY(open(*channel, found->info));
      terminal.say(fmt::format("console of {} on {}", found->info.definition.name, frame));
    }
    (void)!service::ask(*channel, service::CloseVterm{lpar.definition.lpar_id, token});
    return success();
  }

  static Result<u64> open(Channel& channel, const service::LparInfo& lpar) {
    const auto token = TRY(
        service::ask(channel, service::OpenVterm{lpar.definition.lpar_id, fmt::format("twinframe vterm, process {}", getpid())}));
    if (token.taken)
      return Error{"vterm",
                   fmt::format("{} has its terminal open elsewhere ({}): close it there, or with `twinframe hmc rmvterm`.",
                               lpar.definition.name, lpar.vterm_holder)};
    return token.token;
  }

  // Waits a little for the partition to appear on another frame.
  static Result<FoundLpar> follow(const NamedLab& lab, const std::string& uuid, const std::string& frame,
                                  const std::string& reason, Terminal& terminal, const Clock& clock) {
    terminal.say(fmt::format("the terminal on {} is closed{}{}", frame, reason.empty() ? "" : ": ", reason));
    const u64 deadline = clock.monotonic() + 5 * nanoseconds_per_second;
    for (;;) {
      auto found = find_lpar_by_uuid(lab, uuid);
      if (found && found->frame != frame && found->info.state == LparState::running) return found;
      if (clock.monotonic() > deadline) return Error{"vterm", "The partition has not appeared on another frame."};
      sleep_ns(50'000'000);
    }
  }

  LabOption lab_option_;
  std::string frame_, partition_;
  bool all_ = false;
};

}  // namespace

std::unique_ptr<Command> make_vterm() { return std::make_unique<Vterm>(); }

}  // namespace emu::app
