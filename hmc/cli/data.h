// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The little language of --filter, -i and -f: attr=value,attr=value; a list is `"attr=v1,v2"`, or bare, a word without `=` then
// belongs to the value before it; += and -= add and take away; blanks after commas are nothing. (docs/hmc.md, Configuration data)

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/result.h"

namespace hmc::cli {

enum class Change { set = 1, add, remove };

struct Attribute {
  std::string name;
  Change change = Change::set;
  std::vector<std::string> values;  // at least one, perhaps empty
  std::string text;                 // all of it, as it was given
};

class Data {
 public:
  // Each name stands once, but for += and -=.
  static emu::Result<Data> parse(std::string_view text);

  const Attribute* find(std::string_view name) const;
  std::string text(std::string_view name) const;                 // empty if absent
  std::vector<std::string> values(std::string_view name) const;  // without empty ones
  const std::vector<Attribute>& all() const { return attributes_; }
  bool empty() const { return attributes_.empty(); }

 private:
  std::vector<Attribute> attributes_;
};

// Commas that are not within quotes part the text; `""` within quotes is a quote.
std::vector<std::string> split_list(std::string_view text);

}  // namespace hmc::cli
