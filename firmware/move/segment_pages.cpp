// SPDX-License-Identifier: GPL-2.0-or-later
#include "firmware/move/segment_pages.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <condition_variable>

#include <sys/prctl.h>

#include "emu/core/relax.h"
#include "firmware/move/page_copy.h"

namespace firmware::move {

using emu::page_shift;
using emu::page_size;

namespace {
constexpr u64 words_per_report = 8;  // 2 MiB: enough that a report costs little, and soon seen
constexpr u32 spins = 1000;
}  // namespace

SegmentPages::SegmentPages(std::unique_ptr<emu::MemorySegment> source, emu::GuestMemory& own, const std::vector<bool>& filled)
    : source_(std::move(source)), own_(own), filled_(filled), claimed_(own.pages()), holes_(*source_) {}

SegmentPages::~SegmentPages() { stop(); }
void SegmentPages::stop() { thread_ = {}; }

void SegmentPages::fetch(u64 page) {
  const emu::PageMap& missing = own_.missing();
  if (!claimed_.claim(page)) {
    // Somebody else is copying it, and may have been interrupted in it.
    for (u32 i = 0; missing.test(page); ++i) i < spins ? emu::relax() : std::this_thread::yield();
    return;
  }
  const u64 offset = page << page_shift;
  const bool full = place(page, source_->data_from(offset).begin >= offset + page_size);
  const std::lock_guard lock(mutex_);
  (full ? demanded_.full : demanded_.empty).push_back(static_cast<u32>(page));
}

bool SegmentPages::place(u64 page, bool is_hole) {
  const u8* const from = source_->data() + (page << page_shift);
  const bool full = !is_hole && !is_zero_page(from);
  if (full)
    (void)own_.arrive(page, {from, page_size});
  else if (filled_[page])
    (void)own_.arrive(page, {});
  else
    (void)own_.arrive_untouched(page);
  return full;
}

void SegmentPages::start(u64 pages, std::shared_ptr<const std::atomic<u64>> rate, std::function<void(const Taken&)> report) {
  rate_ = std::move(rate);
  report_ = std::move(report);
  unreported_ = pages;  // some of them may have been taken already
  thread_ = std::jthread([this](const std::stop_token& ending) { run(ending); });
}

void SegmentPages::take_word(u64 index, Taken& taken) {
  for (u64 left = own_.missing().load(index); left != 0; left &= left - 1) {
    const u64 page = index * 64 + static_cast<u64>(std::countr_zero(left));
    if (!claimed_.claim(page)) continue;
    (place(page, holes_.is_hole(page << page_shift, page_size)) ? taken.full : taken.empty).push_back(static_cast<u32>(page));
  }
}

bool SegmentPages::report_demanded() {
  Taken taken;
  {
    const std::lock_guard lock(mutex_);
    std::swap(taken, demanded_);
  }
  const u64 count = taken.full.size() + taken.empty.size();
  if (count == 0) return false;
  taken.on_demand = true;
  unreported_ -= count;
  report_(taken);
  return true;
}

void SegmentPages::run(const std::stop_token& ending) {
  prctl(PR_SET_NAME, "pages");
  std::mutex of_nobody_else;
  std::unique_lock lock(of_nobody_else);
  std::condition_variable_any event;
  const auto pause = [&](u64 nanoseconds) {
    return !event.wait_for(lock, ending, std::chrono::nanoseconds(nanoseconds), [&] { return ending.stop_requested(); });
  };
  // The limit may change meanwhile.
  const auto wait_for_turn = [&](u64 bytes) {
    constexpr u64 slice = 10'000'000;
    for (u64 owed = bytes * 1'000'000'000, rate = 0; (rate = rate_->load()) != 0 && owed >= rate;
         owed -= std::min(owed, slice * rate), report_demanded())
      if (!pause(std::min(slice, owed / rate))) return false;
    return !ending.stop_requested();
  };
  Taken taken;
  const u64 words = own_.missing().words();
  for (u64 index = 0; index < words; ++index) {
    take_word(index, taken);
    const u64 count = taken.full.size() + taken.empty.size();
    const bool slow = rate_->load() != 0 && count != 0;
    if (count < words_per_report * 64 && index + 1 < words && !slow) continue;
    unreported_ -= count;
    if (count != 0) report_(taken);
    report_demanded();
    if (!wait_for_turn(count * page_size)) return;
    taken = {};
  }
  // What others have claimed they are still copying.
  while (unreported_ != 0)
    if (!report_demanded() && !pause(50'000)) return;
  source_.reset();
}

}  // namespace firmware::move
