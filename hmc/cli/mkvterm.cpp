// SPDX-License-Identifier: GPL-2.0-or-later
// mkvterm: the virtual terminal of a partition. Texts byte for byte as recorded. (docs/hmc.md, Virtual terminals)
#include <fmt/format.h>

#include "hmc/cli/commands.h"
#include "hmc/messages.h"

namespace hmc::cli {

namespace {

constexpr Option options[] = {{"-m"}, {"-p"}, {"--id"}};

constexpr u64 open_time = 500 * millisecond;
constexpr u64 poll_time = 20 * millisecond;
constexpr u64 end_of_input_time = 10 * emu::nanoseconds_per_second;

constexpr std::string_view opening = "\r\n Open in progress  \r\n ";
constexpr std::string_view opened = "\r\n Open Completed. \r\n  ";
constexpr std::string_view taken =
    " A terminal session is already open for this partition. \n Only one open session is allowed for a partition. \n "
    "Exiting....\n";
constexpr std::string_view closed_by_other =
    "\r\n Connection has closed \r\n\r\n\r\n\r\n This session is no longer connected. Please close this window.\r\n";
constexpr std::string_view input_ended = " The write socket has closed. Exiting.\n";
static_assert(opening.size() == 24 && opened.size() == 23 && closed_by_other.size() == 98);

// `~.` at the beginning of a line closes; `~~` is a tilde. What is left of the input is for the partition.
class Escape {
 public:
  bool closes(const std::string& input, Bytes& to_partition) {
    for (const char c : input) {
      if (after_tilde_) {
        after_tilde_ = false;
        if (c == '.') return true;
        to_partition.push_back('~');
        if (c == '~') {
          line_start_ = false;
          continue;
        }
      } else if (line_start_ && c == '~') {
        after_tilde_ = true;
        continue;
      }
      to_partition.push_back(static_cast<u8>(c));
      line_start_ = c == '\r' || c == '\n';
    }
    return false;
  }

 private:
  bool line_start_ = true;
  bool after_tilde_ = false;
};

}  // namespace

constinit const OptionTable mkvterm_options = options;

Result<int> mkvterm(Call& call) {
  const Inventory inventory = call.inventory(Detail::lpars);
  const System* system = TRY(system_of(call, inventory));
  const Lpar* lpar = TRY(lpar_of(call, *system, "-p"));
  FrameLink& link = *call.console.link(system->frame);
  const u64 stamp = call.console.new_stream();
  const auto vterm = TRY(ask(link, service::OpenVterm{lpar->id(), fmt::format("{} {:x}", call.console.options().name, stamp)}));
  if (vterm.taken) {
    call.print(taken);
    return 0;
  }
  call.session.raw();
  call.print(opening);
  call.console.pause().sleep(open_time);
  call.print(opened);

  Escape escape;
  bool connected = true;
  u64 ended_at = 0;
  // A client that just goes away leaves the terminal open, as on a real HMC; rmvterm closes it.
  while (!call.session.cancelled()) {
    Bytes input;
    bool close = false;
    if (ended_at == 0) {
      const Result<std::string> typed = call.session.read(connected ? poll_time : 10 * poll_time);
      if (typed) {
        close = escape.closes(*typed, input);
      } else if (typed.error().code == "closed") {
        ended_at = call.console.clock().monotonic();
      }
    } else {
      call.console.pause().sleep(poll_time);
    }
    if (connected) {
      const auto output = ask(link, service::ExchangeVterm{vterm.token, input});
      if (output && !output->output.empty())
        call.print({reinterpret_cast<const char*>(output->output.data()), output->output.size()});
      if (!output || output->closed) {
        call.print(closed_by_other);
        connected = false;
      }
    }
    const bool over = ended_at && call.console.clock().monotonic() - ended_at >= end_of_input_time;
    if (!close && !over) continue;
    if (connected) (void)ask(link, service::CloseVterm{lpar->id(), vterm.token});
    if (over && connected) call.print(input_ended);
    return 0;
  }
  return 0;
}

}  // namespace hmc::cli
