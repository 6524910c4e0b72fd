// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/rolling_text.h"

#include "emu/core/log.h"
#include "emu/core/state_file.h"

#include <ctime>

namespace vios {

namespace {

constexpr emu::Log log_text("vios.log");
constexpr size_t most_bytes = 256 * KiB;

std::span<const u8> bytes_of(const std::string& text) { return {reinterpret_cast<const u8*>(text.data()), text.size()}; }

}  // namespace

RollingText::RollingText(std::string file, const emu::Clock& clock) : file_(std::move(file)), clock_(clock) {
  if (file_.empty()) return;
  const auto content = emu::read_file(file_);
  if (!content)
    log_text.warn("{}", content.error().text);
  else if (*content)
    text_.assign((**content).begin(), (**content).end());
}

std::string RollingText::text() const {
  const std::lock_guard lock(mutex_);
  return text_;
}

void RollingText::append(const std::string& entry) {
  const std::lock_guard lock(mutex_);
  text_ += entry;
  const bool too_long = text_.size() > most_bytes;
  // In whole lines.
  if (too_long) text_.erase(0, text_.find('\n', text_.size() / 2) + 1);
  if (file_.empty()) return;
  if (auto kept = too_long ? emu::replace_file(file_, bytes_of(text_)) : emu::append_to_file(file_, bytes_of(entry)); !kept)
    log_text.warn("{}", kept.error().text);
}

std::string RollingText::time(const char* format) const {
  const auto seconds = static_cast<std::time_t>(clock_.wall() / emu::nanoseconds_per_second);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace vios
