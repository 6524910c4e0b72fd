// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once
// The options of one command line, in the grammar of the HMC: `-x value`, `--name value`, `--name=value`, flags; any order;
// `-Fname` in one word; -F takes all names that follow, or none. (docs/hmc.md, Options)

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emu/core/result.h"
#include "emu/core/text.h"

namespace hmc::cli {

enum class Takes {
  nothing = 1,
  value,
  names,  // the rest up to the next option, may be none
  file,   // a value, which names a file of the user's: its content comes with the command (hmc/session.h)
  words   // of the option without a name: words that belong to no option
};

struct Option {
  std::string_view name;  // with its dashes
  Takes takes = Takes::value;
};

class Options {
 public:
  // argv without the command's name.
  static emu::Result<Options> parse(std::span<const std::string> argv, std::span<const Option> known);

  bool has(std::string_view name) const { return values_.contains(std::string(name)); }
  std::string value(std::string_view name) const;                       // empty if it is not there
  std::vector<std::string> files(std::span<const Option> known) const;  // that the options name
  std::optional<u32> number(std::string_view name) const;
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::map<std::string, std::string> values_;
  std::vector<std::string> words_;
};

using emu::parse_number;

}  // namespace hmc::cli
