// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How the source of a move hands the partition's memory to the destination, beside the movers' link. A side that ends is
// noticed by the other one, however it ends. Nothing here waits.

#include <memory>
#include <optional>

#include "emu/core/memory_segment.h"

namespace emu {

class SegmentGiver {
 public:
  virtual ~SegmentGiver() = default;
  virtual Status offer(const MemorySegment&) = 0;
  enum class Taker { busy, done, gone };
  virtual Taker taker() = 0;  // after the offer
};

class SegmentTaker {
 public:
  virtual ~SegmentTaker() = default;
  virtual std::optional<Descriptor> take() = 0;  // nothing: it has not come yet
  virtual void done() = 0;                       // it is needed no more
};

// Where the two sides of one move meet. The taker comes first.
class SegmentPlace {
 public:
  virtual ~SegmentPlace() = default;
  virtual std::unique_ptr<SegmentGiver> giver() const = 0;
  virtual Result<std::unique_ptr<SegmentTaker>> taker() const = 0;
};

}  // namespace emu
