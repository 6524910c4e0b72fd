// SPDX-License-Identifier: GPL-2.0-or-later
#include "vios/cli/root_shell.h"

#include <algorithm>

#include <fmt/format.h>

#include "vios/cli/table.h"

namespace vios::cli {

namespace {

constexpr int command_not_found = 127;
using Words = std::span<const std::string>;

Output misused(std::string_view usage) { return {2, fmt::format("Usage: {}\n", usage)}; }

// "-E -l hdisk1", "-El hdisk1": a letter's value is the word behind it, or nothing if it takes none.
std::optional<std::map<char, std::vector<std::string>>> letters(Words words, std::string_view with_value,
                                                                std::string_view without, std::vector<std::string>& rest) {
  std::map<char, std::vector<std::string>> found;
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.size() < 2 || word[0] != '-') {
      rest.push_back(word);
      continue;
    }
    for (size_t at = 1; at < word.size(); ++at) {
      const char letter = word[at];
      if (without.find(letter) != without.npos) {
        found[letter];
        continue;
      }
      if (with_value.find(letter) == with_value.npos) return std::nullopt;
      if (at + 1 < word.size())
        found[letter].push_back(word.substr(at + 1));
      else if (i + 1 < words.size())
        found[letter].push_back(words[++i]);
      else
        return std::nullopt;
      break;
    }
  }
  return found;
}

// ---- odmget ----

// An object of the class CuAt: what a device has that its kind does not say.
struct CustomizedAttribute {
  std::string name, attribute, value, type, generic, rep;
  u32 nls_index = 0;
};

std::vector<CustomizedAttribute> customized_attributes(const Devices& devices) {
  std::vector<CustomizedAttribute> all;
  for (const Disk& disk : devices.disks()) {
    if (disk.volume || devices.is_deleted(disk.name)) continue;
    if (!disk.lun->shown_udid().empty()) all.push_back({disk.name, "unique_id", disk.lun->shown_udid(), "R", "", "n1", 79});
    if (!disk.lun->pvid().empty()) all.push_back({disk.name, "pvid", disk.lun->pvid() + "0000000000000000", "R", "D", "s", 2});
  }
  return all;
}

// "attribute=unique_id and name=hdisk1", with or without quotes around the values.
std::optional<std::vector<std::pair<std::string, std::string>>> criteria(const std::string& text) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const std::string& word : words_of_line(text)) {
    if (word == "and" || word == "AND") continue;
    auto pair = parse_assignment(word);
    if (!pair || (pair->first != "name" && pair->first != "attribute" && pair->first != "value")) return std::nullopt;
    std::erase(pair->second, '\'');
    all.push_back(*pair);
  }
  return all;
}

Output odmget(Words words, Devices& devices) {
  std::vector<std::string> classes;
  const auto options = letters(words, "q", "", classes);
  if (!options || classes.empty()) return misused("odmget [-q Criteria] ObjectClass ...");
  std::vector<std::pair<std::string, std::string>> wanted;
  if (const auto given = options->find('q'); given != options->end()) {
    const auto parsed = criteria(given->second.back());
    if (!parsed) return {1, fmt::format("0518-505 odmget:\n\tInvalid criteria \"{}\"\n", given->second.back())};
    wanted = *parsed;
  }
  std::string text;
  for (const std::string& name : classes) {
    if (name != "CuAt")
      return {1, text + fmt::format("0518-506 odmget: Cannot open object class {}\n\tCheck path name and permissions.\n", name)};
    for (const CustomizedAttribute& each : customized_attributes(devices)) {
      const bool meets = std::ranges::all_of(wanted, [&](const auto& one) {
        return (one.first == "name" ? each.name : one.first == "attribute" ? each.attribute : each.value) == one.second;
      });
      if (!meets) continue;
      text += fmt::format(
          "\nCuAt:\n\tname = \"{}\"\n\tattribute = \"{}\"\n\tvalue = \"{}\"\n\ttype = \"{}\"\n\tgeneric = \"{}\"\n"
          "\trep = \"{}\"\n\tnls_index = {}\n",
          each.name, each.attribute, each.value, each.type, each.generic, each.rep, each.nls_index);
    }
  }
  return {0, text};
}

// ---- lsattr, chdev ----

Output lsattr(Words words, Devices& devices) {
  std::vector<std::string> rest;
  const auto options = letters(words, "la", "E", rest);
  if (!options || !rest.empty() || !options->contains('E') || !options->contains('l'))
    return misused("lsattr -E -l Name [-a Attribute] ...");
  const std::string& device = options->at('l').back();
  if (!devices.exists(device))
    return {1, fmt::format("lsattr: 0514-519 The following device was not found in the customized\n\tdevice configuration "
                           "database:\n\t{}\n",
                           device)};
  std::vector<Attribute> shown = devices.attributes(device);
  if (const auto given = options->find('a'); given != options->end()) {
    std::vector<Attribute> chosen;
    for (const std::string& name : given->second) {
      const auto at = std::ranges::find(shown, name, &Attribute::name);
      if (at == shown.end())
        return {1, fmt::format("lsattr: 0514-528 The \"{}\" attribute does not exist in the predefined\n\tdevice configuration "
                               "database.\n",
                               name)};
      chosen.push_back(*at);
    }
    shown = std::move(chosen);
  }
  size_t name_width = 0, value_width = 0, description_width = 0;
  for (const Attribute& each : shown) {
    name_width = std::max(name_width, each.name.size());
    value_width = std::max(value_width, each.value.size());
    description_width = std::max(description_width, each.description.size());
  }
  std::string text;
  for (const Attribute& each : shown)
    text += fmt::format("{:<{}} {:<{}} {:<{}} {}\n", each.name, name_width, each.value, value_width, each.description,
                        description_width, each.settable ? "True" : "False");
  return {0, text};
}

// As padmin's command of this name does it.
Output change(Words words, Devices& devices) {
  std::vector<std::string> rest;
  const auto options = letters(words, "la", "P", rest);
  if (!options || !rest.empty() || !options->contains('l') || !options->contains('a'))
    return misused("chdev -l Name -a Attribute=Value ... [-P]");
  // Word by word: nothing in a name or a value becomes another option.
  std::vector<std::string> as_padmin{"-dev", options->at('l').back(), "-attr"};
  std::ranges::copy(options->at('a'), std::back_inserter(as_padmin));
  if (std::ranges::any_of(options->at('a'), [](const std::string& each) { return each.starts_with('-'); }))
    return misused("chdev -l Name -a Attribute=Value ... [-P]");
  if (options->contains('P')) as_padmin.push_back("-perm");
  const auto arguments = parse(as_padmin, chdev.options);
  return arguments ? chdev.run(*arguments, devices) : failure(chdev, arguments.error());
}

struct RootCommand {
  std::string_view name;
  Output (*run)(Words, Devices&);
};
constexpr RootCommand table[] = {{"chdev", change}, {"lsattr", lsattr}, {"odmget", odmget}};

// Where it stands in the table of padmin's commands; what it does, run() knows.
Output nothing(const Arguments&, Devices&) { return {}; }

}  // namespace

constexpr Command oem_setup_env = {
    "oem_setup_env", "Places the user in the OEM software installation and setup environment: root's shell.", "", {}, nothing};

Output run_as_root(std::span<const std::string> lines, Devices& devices) {
  Output all;
  for (const std::string& line : lines) {
    const auto words = words_of_line(line);
    if (words.empty()) continue;
    if (words.front() == "exit") break;
    const auto* row = std::ranges::find(table, words.front(), &RootCommand::name);
    const Output output = row == std::end(table) ? Output{command_not_found, fmt::format("ksh: {}:  not found.\n", words.front())}
                                                 : row->run(Words(words).subspan(1), devices);
    all.output += output.output;
    all.exit_code = output.exit_code;
  }
  return all;
}

}  // namespace vios::cli
