// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/command_log.h"

#include "emu/core/log.h"
#include "emu/core/names.h"
#include "vios/state_file.h"

#include <ctime>

#include <fmt/format.h>

namespace vios {

namespace {

constexpr emu::Log log_commands("vios.gcl");
constexpr size_t most_bytes = 256 * KiB;
constexpr size_t longest_line = 1024;

std::span<const u8> bytes_of(const std::string& text) { return {reinterpret_cast<const u8*>(text.data()), text.size()}; }

}  // namespace

CommandLog::CommandLog(std::string file, const emu::Clock& clock) : file_(std::move(file)), clock_(clock) {
  if (file_.empty()) return;
  const auto content = read_file(file_);
  if (!content)
    log_commands.warn("{}", content.error().text);
  else if (*content)
    text_.assign((**content).begin(), (**content).end());
}

void CommandLog::record(const std::string& line) {
  const auto seconds = static_cast<std::time_t>(clock_.wall() / emu::nanoseconds_per_second);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char time[64];
  const std::string when{time, std::strftime(time, sizeof time, "%b %d %Y, %H:%M:%S", &parts)};
  const std::string entry = fmt::format("{} padmin   {}\n", when, emu::shown_name(line.substr(0, longest_line)));
  text_ += entry;
  const bool too_long = text_.size() > most_bytes;
  // The older half goes, in whole lines.
  if (too_long) text_.erase(0, text_.find('\n', text_.size() / 2) + 1);
  if (file_.empty()) return;
  if (auto kept = too_long ? replace_file(file_, bytes_of(text_)) : append_to_file(file_, bytes_of(entry)); !kept)
    log_commands.warn("{}", kept.error().text);
}

}  // namespace vios
