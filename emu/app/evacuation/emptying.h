// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// One system is emptied, or some partitions leave it: who goes where, and what comes before that.

#include <string>
#include <vector>

#include "emu/app/evacuation/work.h"

namespace emu::app::evacuation {

struct Emptying {
  std::string system;
  std::vector<std::string> to;        // empty: all others of the console
  std::vector<std::string> only;      // these partitions; empty: all
  std::vector<std::string> shutdown;  // stopped instead
  std::vector<std::vector<std::string>> apart;

  // Of some partitions only, it is no evacuation of the system, whose name is the key then.
  std::string key() const { return only.empty() ? system : some_key(); }
  std::string some_key() const { return not_a_system + system; }
  // Commands that come before the moves.
  std::vector<std::vector<std::string>> before() const;
};

// "A,B;C,D"
std::vector<std::vector<std::string>> groups_of(const std::string& text);

Result<std::vector<Entry>> plan(const Work&, Records&, const Emptying&);
// What becomes of each. The caller has the turn.
Result<std::vector<Entry>> begin(const Work&, Records&, const Emptying&, const std::vector<Entry>& planned, u32 at_once);
Result<std::vector<Entry>> go_on(const Work&, Records&, const std::string& key, u32 at_once, Work::Way);

}  // namespace emu::app::evacuation
