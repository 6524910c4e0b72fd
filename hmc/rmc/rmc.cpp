// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/rmc/rmc.h"

#include <charconv>
#include <string_view>

#include <fmt/format.h>

namespace hmc {

using emu::Error;
using emu::Result;

namespace {

constexpr u64 repeat_after = 250'000'000;
// Who has not said anything for so long is not at work, but away: the wait time is for those that are busy.
constexpr u64 silence_limit = 10 * emu::nanoseconds_per_second;

std::string_view next_word(std::string_view& text) {
  const size_t end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

// What a datagram says, if it is an answer to `sequence`; a datagram is hostile input.
struct Answer {
  bool ours = false;
  std::string_view verb;
  std::string_view text;
};

Answer parse(std::string_view datagram, u64 sequence) {
  while (datagram.ends_with('\n') || datagram.ends_with('\r') || datagram.ends_with('\0')) datagram.remove_suffix(1);
  if (next_word(datagram) != "RMC2") return {};
  const std::string_view number = next_word(datagram);
  u64 found = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), found);
  if (error != std::errc() || end != number.data() + number.size() || found != sequence) return {};
  const std::string_view verb = next_word(datagram);
  return {true, verb, datagram};
}

}  // namespace

RmcClient::RmcClient(RmcTransport* transport, std::string key, const emu::Clock& clock, Pause& pause)
    // Numbers of an earlier console of the same name must not come again soon: a partition repeats its old answer for them.
    : transport_(transport),
      key_(std::move(key)),
      clock_(clock),
      pause_(pause),
      sequence_(clock.wall() / 1'000'000 % 1'000'000'000 + 1) {}

emu::Status RmcClient::ping(const std::string& segment, const std::string& ip, u64 timeout) {
  if (!transport_) return Error{"unreachable", "This console is on no network."};
  return transport_->ping(segment, ip, timeout);
}

Result<std::string> RmcClient::call(const std::string& ip, const std::string& request, u64 wait, const std::string& again) {
  const Error silent{"rmc-silent", "There is no answer from the partition."};
  if (!transport_ || ip.empty()) return silent;
  const u64 sequence = sequence_++;
  std::string datagram = fmt::format("RMC2 {} {} {}\n", sequence, key_, request);
  const u64 until = clock_.monotonic() + wait;
  bool busy = false;
  u64 heard_at = clock_.monotonic();
  while (true) {
    const u64 asked_at = clock_.monotonic();
    const u64 left = until > asked_at ? until - asked_at : 0;
    const u64 patience = std::max<u64>(std::min(repeat_after, left), 1'000'000);
    const Result<std::string> reply = transport_->exchange(ip, datagram, patience);
    if (reply) {
      Answer answer = parse(*reply, sequence);
      if (answer.ours && answer.verb == "OK") return std::string(answer.text);
      if (answer.ours && answer.verb == "ERR") {
        next_word(answer.text);  // the number
        return Error{"rmc-refused", std::string(answer.text)};
      }
      if (answer.ours && answer.verb == "BUSY") {
        busy = true;
        if (!again.empty()) datagram = fmt::format("RMC2 {} {} {}\n", sequence, key_, again);
        heard_at = clock_.monotonic();
      }
    }
    const u64 now = clock_.monotonic();
    if (now >= until) break;
    if (now - heard_at >= silence_limit) return silent;
    // An answer came early (busy, stale, unreachable): not more than one datagram each 250 ms.
    if (now - asked_at < patience) pause_.sleep(std::min(patience - (now - asked_at), until - now));
    if (clock_.monotonic() >= until) break;
  }
  if (busy) return Error{"rmc-busy", "The partition had not finished when the wait time was over."};
  return silent;
}

}  // namespace hmc
