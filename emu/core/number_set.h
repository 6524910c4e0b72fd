// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// Which of many numbered things somebody has: logical memory blocks, processors. Neighbours are one run, so that a thousand blocks
// in a row cost what one costs.

#include <vector>

#include "emu/core/archive.h"
#include "emu/core/types.h"

namespace emu {

class NumberSet {
 public:
  struct Run {
    u32 first = 0;
    u32 count = 0;
    bool operator==(const Run&) const = default;
  };

  static NumberSet below(u32 end);  // all numbers from 0 on

  const std::vector<Run>& runs() const { return runs_; }  // ascending; no two touch each other
  bool contains(u32 number) const;
  u32 count() const;
  u32 end() const { return runs_.empty() ? 0 : runs_.back().first + runs_.back().count; }  // above all of them
  std::vector<u32> numbers() const;
  void add(u32 number);
  void remove(u32 number);
  bool operator==(const NumberSet&) const = default;

 private:
  friend void archive(Archive&, NumberSet&);
  std::vector<Run> runs_;
};

void archive(Archive&, NumberSet::Run&);
void archive(Archive&, NumberSet&);

}  // namespace emu
