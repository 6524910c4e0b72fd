// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The pages that a partition still misses after its resume, out of the segment in which the source has kept them: taken by
// whoever touches one, and by a thread that takes the others meanwhile. The source need not live for it.
//
// SIMPLIFIED: these pages do not go over the movers' link, so a link that is cut after the resume holds nobody up; they are
// counted as if they did.

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "emu/core/guest_memory.h"

namespace firmware::move {

class SegmentPages {
 public:
  // Pages that were taken: with content, and empty ones.
  struct Taken {
    std::vector<u32> full;
    std::vector<u32> empty;
    bool on_demand = false;
  };

  // `filled`: pages of the own memory that are not zero any more. Both must outlive it, and nobody else may bring pages.
  SegmentPages(std::unique_ptr<emu::MemorySegment> source, emu::GuestMemory& own, const std::vector<bool>& filled);
  ~SegmentPages();

  // A processor, or a device, that needs a page now. From start() on; returns when it is there.
  void fetch(u64 page);
  // From now on all of them, `pages` in number. `report` is told what was taken, each page once, on a thread of its own. After the
  // last one the source's memory is let go. `rate` in bytes per second; 0: as fast as it goes.
  void start(u64 pages, std::shared_ptr<const std::atomic<u64>> rate, std::function<void(const Taken&)> report);
  void stop();  // waits for a report that is being made

 private:
  void run(const std::stop_token&);
  void take_word(u64 index, Taken&);
  bool place(u64 page, bool is_hole);  // true: it has content
  bool report_demanded();

  std::unique_ptr<emu::MemorySegment> source_;
  emu::GuestMemory& own_;
  const std::vector<bool>& filled_;
  emu::PageMap claimed_;
  emu::HoleFinder holes_;  // the thread's
  std::shared_ptr<const std::atomic<u64>> rate_;
  std::function<void(const Taken&)> report_;
  u64 unreported_ = 0;

  std::mutex mutex_;
  Taken demanded_;
  std::jthread thread_;
};

}  // namespace firmware::move
