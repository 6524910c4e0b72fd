// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The little language of --filter, -i and -f: attr=value,attr=value; a list is `"attr=v1,v2"`, or bare, a word without `=` then
// belongs to the value before it; += and -= add and take away; blanks after commas are nothing. (docs/hmc.md, Configuration data)

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/result.h"
#include "hmc/attributes/assignment.h"

namespace hmc::cli {

using attributes::Assignment;
using attributes::Change;

class Data {
 public:
  // Each name stands once, but for += and -=.
  static emu::Result<Data> parse(std::string_view text);

  const Assignment* find(std::string_view name) const;
  std::string text(std::string_view name) const;                 // empty if absent
  std::vector<std::string> values(std::string_view name) const;  // without empty ones
  const std::vector<Assignment>& all() const { return assignments_; }
  bool empty() const { return assignments_.empty(); }

 private:
  std::vector<Assignment> assignments_;
};

}  // namespace hmc::cli
