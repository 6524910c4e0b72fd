// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/core/log_limit.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "emu/core/clock.h"

namespace emu {

namespace {

constexpr double at_once = 200;
constexpr double each_second = 1;
constexpr u64 quiet_for = 5 * nanoseconds_per_second;
constexpr size_t most_kinds = 512;
constexpr size_t longest_kind = 120;

// Words with a digit in them are numbers: 12, 0x1f, 3.5.
std::string kind_of(std::string_view line) {
  std::string kind;
  for (size_t at = 0; at < line.size() && kind.size() < longest_kind;) {
    const size_t end = std::min(line.find(' ', at), line.size());
    const std::string_view word = line.substr(at, end - at);
    kind += std::ranges::any_of(word, [](unsigned char c) { return std::isdigit(c) != 0; }) ? "#" : word;
    if (end < line.size()) kind += ' ';
    at = end + 1;
  }
  kind.resize(std::min(kind.size(), longest_kind));  // one word may be as long as its line
  return kind;
}

}  // namespace

LogLimit::Verdict LogLimit::look_at(std::string_view line, u64 now) {
  const std::string name = kind_of(line);
  auto found = kinds_.find(name);
  if (found == kinds_.end()) {
    // A flood of ever new kinds shares one allowance.
    const bool full = kinds_.size() >= most_kinds;
    found = kinds_.try_emplace(full ? "others" : name, Kind{at_once, now, 0}).first;
  }
  Kind& kind = found->second;
  kind.allowance = std::min(at_once, kind.allowance + each_second * static_cast<double>(now - kind.seen_at) / 1e9);
  kind.seen_at = now;
  if (kind.allowance < 1) {
    ++kind.left_out;
    return {false, 0};
  }
  kind.allowance -= 1;
  return {true, std::exchange(kind.left_out, 0)};
}

std::vector<LogLimit::LeftOut> LogLimit::over(u64 now) {
  std::vector<LeftOut> all;
  if (now - looked_at_ < nanoseconds_per_second) return all;
  looked_at_ = now;
  for (auto at = kinds_.begin(); at != kinds_.end();) {
    Kind& kind = at->second;
    const u64 quiet = now - kind.seen_at;
    if (quiet >= quiet_for && kind.left_out) all.push_back({at->first, std::exchange(kind.left_out, 0)});
    const bool forgotten = quiet >= quiet_for && kind.allowance + each_second * static_cast<double>(quiet) / 1e9 >= at_once;
    at = forgotten ? kinds_.erase(at) : std::next(at);
  }
  return all;
}

}  // namespace emu
