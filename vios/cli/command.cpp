// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/command.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace vios::cli {

std::string Arguments::value(std::string_view option) const {
  const auto at = given_.find(option);
  return at == given_.end() || at->second.empty() ? std::string() : at->second.front();
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  const auto at = given_.find(option);
  return at == given_.end() ? std::vector<std::string>() : at->second;
}

emu::Result<Arguments> parse(std::span<const std::string> words, std::span<const Option> options) {
  Arguments arguments;
  for (size_t i = 0; i < words.size();) {
    const std::string& word = words[i++];
    if (word.size() < 2 || word.front() != '-') {
      arguments.operands_.push_back(word);
      continue;
    }
    const auto option = std::ranges::find(options, word, &Option::name);
    if (option == options.end()) return emu::Error{"usage", fmt::format("Option flag is not valid: {}", word)};
    if (arguments.given_.contains(word))
      return emu::Error{"usage", fmt::format("Option flag {} was specified more than once.", word)};
    auto& values = arguments.given_[word];
    const auto is_value = [&] { return i < words.size() && (words[i].size() < 2 || words[i].front() != '-'); };
    switch (option->takes) {
      case Takes::nothing:
        break;
      case Takes::one:
        if (i == words.size()) return emu::Error{"usage", fmt::format("Option flag {} requires an argument.", word)};
        values.push_back(words[i++]);  // also one that begins with a dash: a delimiter may be one
        break;
      case Takes::many:
        while (is_value()) values.push_back(words[i++]);
        if (values.empty()) return emu::Error{"usage", fmt::format("Option flag {} requires an argument.", word)};
        break;
      case Takes::one_or_nothing:
        if (is_value()) values.push_back(words[i++]);
        break;
    }
  }
  return arguments;
}

Output failure(std::string text) { return {1, std::move(text) + "\n"}; }

Output failure(const Command& command, const emu::Error& error) {
  if (error.code == busy_code) return busy(command);
  if (error.code == plain_code) return failure(error.text);
  if (error.code == no_device_code) return not_found(error.text);
  // AIX's own messages (0514-040 ...) come from another program, after the command's name.
  return failure(fmt::format("{}: {}", command.name, error.text));
}

std::string usage_of(const Command& command) {
  return fmt::format("Usage: {}{}{}\n", command.name, command.usage.empty() ? "" : " ", command.usage);
}

Output usage_error(const Command& command, std::string_view complaint) {
  return {1, fmt::format("{}\n\n{}", complaint, usage_of(command))};
}

Output not_found(const std::string& device) { return failure(fmt::format("Device \"{}\" is not found.", device)); }

Output busy(const Command& command) {
  return failure(
      fmt::format("{}: 0514-062 Cannot perform the requested function because the\n                 specified device is busy.",
                  command.name));
}

Output no_cluster(const std::string& name) { return failure(fmt::format("Cluster \"{}\" does not exist.", name)); }

Output no_volume_group(const Command& command, const std::string& name) {
  return failure(
      fmt::format("{}: 0516-306 Unable to find volume group {} in the Device\n\tConfiguration Database.", command.name, name));
}

bool same_word(std::string_view a, std::string_view b) {
  const auto small = [](unsigned char c) { return std::tolower(c); };
  return std::ranges::equal(a, b, {}, small, small);
}

std::optional<std::pair<std::string, std::string>> parse_assignment(const std::string& word) {
  const size_t equals = word.find('=');
  if (equals == 0 || equals == std::string::npos) return std::nullopt;
  return std::pair(word.substr(0, equals), word.substr(equals + 1));
}

std::string delimited(const std::vector<std::vector<std::string>>& rows, const std::string& delimiter) {
  std::string text;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) text += (i ? delimiter : "") + (row[i].empty() ? " " : row[i]);
    text += '\n';
  }
  return text;
}

emu::Result<std::vector<size_t>> chosen_fields(const Arguments& arguments, std::span<const std::string_view> names) {
  std::vector<size_t> chosen;
  for (const std::string& field : arguments.values("-field")) {
    const auto at = std::ranges::find_if(names, [&](std::string_view name) { return same_word(name, field); });
    if (at == names.end()) return emu::Error{"usage", fmt::format("Field \"{}\" is not valid.", field)};
    chosen.push_back(static_cast<size_t>(at - names.begin()));
  }
  if (chosen.empty())
    for (size_t i = 0; i < names.size(); ++i) chosen.push_back(i);
  return chosen;
}

}  // namespace vios::cli
