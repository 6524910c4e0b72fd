// SPDX-License-Identifier: GPL-2.0-or-later
#include "hmc/cli/options.h"

#include <algorithm>

#include <fmt/format.h>

#include "emu/core/names.h"
#include "hmc/messages.h"

namespace hmc::cli {

using emu::Result;

namespace {

// Recorded wording. (docs/hmc.md, Origins)
emu::Error unknown_options(const std::string& words) {
  return {"", fmt::format(
                  "An invalid parameter was entered.  The parameters {} are not valid.  Please check your entry and retry the "
                  "command.",
                  emu::shown_name(words))};
}

bool is_option(const std::string& word) { return word.size() > 1 && word[0] == '-'; }

}  // namespace

Result<Options> Options::parse(std::span<const std::string> argv, std::span<const Option> known) {
  Options options;
  std::string unknown;
  for (size_t at = 0; at < argv.size(); ++at) {
    std::string word = argv[at];
    std::optional<std::string> glued;
    auto option = std::ranges::find(known, word, &Option::name);
    if (option != known.end() && option->takes == Takes::words) option = known.end();  // an empty word
    if (option == known.end() && word.starts_with("--")) {
      if (const size_t equals = word.find('='); equals != word.npos) {
        glued = word.substr(equals + 1);
        word.resize(equals);
        option = std::ranges::find(known, word, &Option::name);
      }
    } else if (option == known.end() && word.size() > 2 && word[0] == '-') {
      option = std::ranges::find(known, word.substr(0, 2), &Option::name);  // -Fname
      if (option != known.end() && option->takes == Takes::nothing) option = known.end();
      if (option != known.end()) {
        glued = word.substr(2);
        word.resize(2);
      }
    }
    if (option == known.end() && !is_option(word)) {
      if (std::ranges::count(known, Takes::words, &Option::takes) == 0) return usage_error(word);
      options.words_.push_back(word);
      continue;
    }
    if (option == known.end()) {
      unknown += (unknown.empty() ? "" : ", ") + word;
      while (at + 1 < argv.size() && !is_option(argv[at + 1])) ++at;  // perhaps its value
      continue;
    }
    std::string value;
    if (option->takes == Takes::nothing) {
      if (glued) return usage_error(word);
    } else if (option->takes == Takes::value || option->takes == Takes::file) {
      // A value may begin with a dash only if it is not an option of this command.
      if (glued) {
        value = *glued;
      } else if (at + 1 == argv.size() || std::ranges::find(known, argv[at + 1], &Option::name) != known.end()) {
        return usage_error(word);
      } else {
        value = argv[++at];
      }
    } else {
      if (glued) value = *glued;
      while (at + 1 < argv.size() && !is_option(argv[at + 1])) value += (value.empty() ? "" : " ") + argv[++at];
    }
    // Nobody can tell which of two values was meant.
    if (!options.values_.emplace(option->name, value).second && option->takes != Takes::nothing) return usage_error(word);
  }
  if (!unknown.empty()) return unknown_options(unknown);
  return options;
}

std::string Options::value(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  return found == values_.end() ? std::string() : found->second;
}

std::vector<std::string> Options::files(std::span<const Option> known) const {
  std::vector<std::string> names;
  for (const Option& option : known)
    if (option.takes == Takes::file && has(option.name)) names.push_back(value(option.name));
  return names;
}

std::optional<u32> Options::number(std::string_view name) const { return parse_number<u32>(value(name)); }

}  // namespace hmc::cli
