// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/dlpar/guest.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/text.h"

namespace hmc::dlpar {

namespace {

// In a datagram, which is one line, \n ends a line of the output.
std::string lines_of(std::string_view text) {
  std::string lines;
  for (size_t at = 0; at < text.size(); ++at) {
    const bool ends = text.substr(at, 2) == "\\n";
    lines += ends ? '\n' : text[at];
    at += ends ? 1 : 0;
  }
  return lines;
}

// Who is off has not been silent without a reason.
Error with_state(Console& console, const Lpar& lpar, Error error) {
  if (error.code != "rmc-silent") return error;
  for (const System& system : console.inventory(Detail::lpars).systems)
    if (const Lpar* now = system.with_uuid(lpar.info.definition.uuid); now && (now->off() || now->failed()))
      error.text = fmt::format("There is no answer from the partition, which is in state {} now.", now->state());
  return error;
}

}  // namespace

std::string words_of(const Result<OsAnswer>& answer) {
  if (!answer) return answer.error().text;
  return fmt::format("\n{}The OS return code is {}.", answer->output, answer->status);
}

Result<OsAnswer> run_drmgr(Console& console, const Lpar& lpar, const std::string& arguments, Patience patience) {
  // drmgr ends by itself when its time is over; the console waits a little longer for its answer.
  constexpr u64 minute = 60 * emu::nanoseconds_per_second;
  constexpr u64 longest = 24 * 60 * minute;
  const u64 wait = patience.minutes ? patience.minutes * minute + 15 * emu::nanoseconds_per_second : longest;
  const std::string request = fmt::format("drmgr {} -w {} -d {}", arguments, patience.minutes, patience.detail);
  const auto answer = console.rmc().call(lpar.info.definition.ip_address, request, wait, "drmgr again");
  if (!answer) return with_state(console, lpar, answer.error());
  const size_t end = std::min(answer->find(' '), answer->size());
  const auto status = emu::parse_number<u32>(std::string_view(*answer).substr(0, end));
  if (!status) return Error{"rmc-refused", "Its answer is none of drmgr's."};
  return OsAnswer{*status, lines_of(std::string_view(*answer).substr(std::min(end + 1, answer->size())))};
}

}  // namespace hmc::dlpar
