// SPDX-License-Identifier: GPL-2.0-or-later
#include "emu/app/evacuation/progress.h"

#include <algorithm>

#include <fmt/format.h>

namespace emu::app::evacuation {

namespace {

std::string bar(u64 part, u64 whole) {
  constexpr u64 width = 24;
  const u64 filled = whole ? std::min(width, part * width / whole) : width;
  return fmt::format("[{}{}]", std::string(filled, '#'), std::string(width - filled, '.'));
}

}  // namespace

Progress::Progress(size_t all, size_t done, bool terminal, std::function<void(const std::string&)> write)
    : all_(all), done_(done), terminal_(terminal), write_(std::move(write)) {}

Progress::~Progress() { wipe(); }

// The cursor goes up over what was drawn, and all below it is cleared.
void Progress::wipe() {
  if (drawn_) write_(fmt::format("\x1B[{}F\x1B[J", drawn_));
  drawn_ = 0;
}

void Progress::draw() {
  if (!terminal_) return;
  wipe();
  std::string text;
  u64 parts = done_ * 100;
  for (const Way& way : ways_) {
    text += fmt::format("{:<20} {} {:3} %  {}\n", way.partition, bar(way.percent, 100), way.percent, way.what);
    parts += way.percent;
  }
  text += fmt::format("{:<20} {} {} of {}\n", "all", bar(parts, all_ * 100), done_, all_);
  drawn_ = ways_.size() + 1;
  write_(text);
}

void Progress::begins(const std::string& partition, const std::string& what) {
  const std::lock_guard guard(mutex_);
  ways_.push_back({partition, what, 0});
  if (!terminal_) write_(fmt::format("{} {}\n", partition, what));
  draw();
}

void Progress::ended(const std::string& partition, const std::string& how) {
  const std::lock_guard guard(mutex_);
  std::erase_if(ways_, [&](const Way& way) { return way.partition == partition; });
  ++done_;
  wipe();
  write_(fmt::format("{}: {} ({} of {})\n", partition, how, done_, all_));
  draw();
}

void Progress::at(const std::map<std::string, u32>& percent) {
  const std::lock_guard guard(mutex_);
  bool changed = false;
  for (Way& way : ways_)
    if (const auto now = percent.find(way.partition); now != percent.end() && now->second != way.percent) {
      way.percent = now->second;
      changed = true;
    }
  if (changed) draw();
}

}  // namespace emu::app::evacuation
