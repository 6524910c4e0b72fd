// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// How often one kind of line may come into a log: 200 at once, then one a second. Lines that differ in numbers only are of one kind.
// What is left out is counted, and said with the next line of the kind, or soon after the last. Not thread-safe.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/types.h"

namespace emu {

class LogLimit {
 public:
  // How often lines of this kind were left out since the last one; nothing: leave this one out as well.
  struct Verdict {
    bool write = true;
    u64 left_out = 0;
  };
  Verdict look_at(std::string_view line, u64 now);

  // Kinds whose lines were left out and have not come for a while: to be said now, and then forgotten.
  struct LeftOut {
    std::string kind;
    u64 lines = 0;
  };
  std::vector<LeftOut> over(u64 now);

 private:
  struct Kind {
    double allowance = 0;
    u64 seen_at = 0;
    u64 left_out = 0;
  };
  std::map<std::string, Kind, std::less<>> kinds_;
  u64 looked_at_ = 0;
};

}  // namespace emu
